"""Finds price gaps between pools of one pair, sizes them exactly and announces them."""
