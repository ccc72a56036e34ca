"""Functions of Postgres, its usual extensions and SQLite that touch no table by themselves.

Any other function may have been defined in the database, and may do anything there. Of Postgres'
own, those are left out that run SQL, read files or large objects, or speak to others:
``query_to_xml``, ``ts_stat``, ``pg_read_file``, ``lo_import``, ``dblink`` and the like.
"""

from __future__ import annotations

import re

ANY = "any"
"""The dialect of a database of unknown kind: read as Postgres, with SQLite's functions besides."""

_POSTGRES = """
abbrev abs acos acosd acosh age all any any_value area array array_agg array_append array_cat
array_dims array_fill array_length array_lower array_ndims array_position array_positions
array_prepend array_remove array_replace array_reverse array_sample array_shuffle array_sort
array_to_json array_to_string array_to_tsvector array_upper ascii asin asind asinh atan atan2
atan2d atand atanh avg bit bit_and bit_count bit_length bit_or bit_xor bool bool_and bool_or box
bpchar broadcast btrim cardinality casefold cast cbrt ceil ceiling center char char_length
character_length chr cidr circle clock_timestamp coalesce col_description collate concat concat_ws
convert convert_from convert_to corr cos cosd cosh cot cotd count covar_pop covar_samp crc32
crc32c cube cume_dist current_catalog current_database current_date current_query current_role
current_schema current_schemas current_setting current_time current_timestamp current_user currval
date date_add date_bin date_part date_subtract date_trunc datemultirange daterange decode degrees
dense_rank diagonal diameter div encode enum_first enum_last enum_range erf erfc every exists exp
extract factorial family first_value float4 float8 floor format format_type gamma gcd
gen_random_uuid generate_series generate_subscripts get_bit get_byte get_current_ts_config
greatest grouping height host hostmask icu_unicode_version inet_client_addr inet_client_port
inet_server_addr inet_server_port initcap int2 int4 int4range int8 int8range interval
is_normalized isclosed isempty isfinite ishorizontal isopen isparallel isperp isvertical json_agg
json_array json_array_elements json_array_elements_text json_array_length json_arrayagg
json_build_array json_build_object json_each json_each_text json_exists json_extract_path
json_extract_path_text json_object json_object_agg json_object_keys json_objectagg
json_populate_record json_populate_recordset json_query json_scalar json_serialize
json_strip_nulls json_table json_to_record json_to_recordset json_to_tsvector json_typeof
json_value jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length
jsonb_build_array jsonb_build_object jsonb_delete_path jsonb_each jsonb_each_text
jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg
jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz
jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first
jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record jsonb_populate_recordset
jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset
jsonb_to_tsvector jsonb_typeof justify_days justify_hours justify_interval lag last_value lastval
lcm lead least left length lgamma line ln localtime localtimestamp log log10 lower lower_inc
lower_inf lpad lseg ltrim macaddr macaddr8 make_date make_interval make_time make_timestamp
make_timestamptz masklen max md5 merge_action min min_scale mod mode money multirange mxid_age
name netmask network nextval normalize now npoints nth_value ntile nullif num_nonnulls num_nulls
numeric nummultirange numnode numrange obj_description octet_length oid overlaps overlay
parse_ident path percent_rank percentile_cont percentile_disc phraseto_tsquery pi plainto_tsquery
point polygon position pow power querytree quote_ident quote_literal quote_nullable radians radius
random random_normal range_agg range_intersect range_intersect_agg range_merge rank regclass
regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
regexp_split_to_array regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count
regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse right rollup
round row row_number row_security_active row_to_json rpad rtrim scale session_user set_bit
set_byte set_masklen setseed setval setweight sha224 sha256 sha384 sha512 sign sin sind sinh slope
some split_part sqrt starts_with statement_timestamp stddev stddev_pop stddev_samp string_agg
string_to_array string_to_table strip strpos substr substring sum system_user tan tand tanh text
time timeofday timestamp timestamptz timetz timezone to_ascii to_bin to_char to_date to_hex
to_json to_jsonb to_number to_oct to_regclass to_regcollation to_regnamespace to_regoper
to_regoperator to_regproc to_regprocedure to_regrole to_regtype to_timestamp to_tsquery
to_tsvector transaction_timestamp translate trim trim_array trim_scale trunc ts_debug ts_delete
ts_filter ts_headline ts_lexize ts_parse ts_rank ts_rank_cd ts_token_type tsmultirange
tsquery_phrase tsrange tstzmultirange tstzrange tsvector_concat tsvector_to_array txid_current
txid_current_if_assigned txid_current_snapshot txid_snapshot_xip txid_snapshot_xmax
txid_snapshot_xmin txid_status txid_visible_in_snapshot unicode_assigned unicode_version unistr
unnest upper upper_inc upper_inf user uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7
var_pop var_samp varbit varchar variance version websearch_to_tsquery width width_bucket xid xml
xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document xmlagg xmlcomment
xmlconcat xmlelement xmlexists xmlforest xmlparse xmlpi xmlroot xmlserialize xmltable xmltext
xmlvalidate xpath xpath_exists
"""
_EXTENSIONS = """
akeys avals cosine_distance crypt decrypt difference digest dmetaphone dmetaphone_alt encrypt
first gen_random_bytes gen_salt histogram hmac hstore_to_json hstore_to_jsonb inner_product
interpolate l1_distance l2_distance l2_norm l2_normalize last levenshtein levenshtein_less_equal
locf ltree2text metaphone nlevel pgp_pub_decrypt pgp_pub_encrypt pgp_sym_decrypt pgp_sym_encrypt
show_trgm similarity skeys soundex strict_word_similarity subltree subpath svals text2ltree
time_bucket time_bucket_gapfill unaccent uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3
uuid_generate_v4 uuid_generate_v5 uuid_nil vector_dims vector_norm word_similarity
"""
_SQLITE = """
changes date datetime glob group_concat hex ifnull iif instr json json_array_length
json_group_array json_group_object json_patch json_quote json_remove json_replace json_tree
json_type json_valid julianday last_insert_rowid likelihood likely printf quote randomblob
sqlite_version strftime time timediff total total_changes typeof unhex unicode unixepoch unlikely
zeroblob
"""
_KNOWN = frozenset(f"{_POSTGRES} {_EXTENSIONS}".split())

_SQLITE_OWN = frozenset(_SQLITE.split())

_FAMILIES = re.compile(
    r"(?:st|postgis)_\w+|has_\w+_privilege"
    r"|pg_(?!notify\b|read_|ls_|stat_file|logical_|import_|replication_|copy_|create_|drop_|promote"
    r"|rotate_|reload_|switch_|wal_replay_|backup_|start_backup|stop_backup|event_trigger)\w+"
)
"""PostGIS; and the prefix that Postgres keeps for itself, without what acts."""

_SQLITE_REACHING = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})
"""What SQLite has that reaches further than its tables; what code defines there is code."""


def is_harmless(name: str, dialect: str) -> bool:
    """Whether a function, by its name in small letters, is known to touch no table."""
    if dialect == "sqlite":
        return name not in _SQLITE_REACHING
    own = name in _KNOWN or _FAMILIES.fullmatch(name) is not None
    return own or (dialect == ANY and name in _SQLITE_OWN)
