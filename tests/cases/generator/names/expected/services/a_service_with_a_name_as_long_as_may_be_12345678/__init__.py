"""The service a_service_with_a_name_as_long_as_may_be_12345678."""
