"""First versions of a spec, made from something else: values, names, YAML text, a check of it."""
