"""What every way between processes needs: who offers what, whether it is read the same, logging."""
