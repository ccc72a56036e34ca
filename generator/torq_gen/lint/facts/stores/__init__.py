"""What is read and written in stores: keys, paths and SQL, without knowledge of any library."""
