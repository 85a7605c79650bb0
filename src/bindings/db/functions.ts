/**
 * What a script's SQL may call: functions of PostgreSQL itself that only compute. None takes SQL
 * text, reads a setting, the catalog, a file or another session, waits, locks, or keeps anything.
 */
const byKind = {
  aggregates: `array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every
    json_agg json_object_agg jsonb_agg jsonb_object_agg max min mode percentile_cont percentile_disc
    regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance any_value range_agg`,
  windows: `cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number`,
  numbers: `abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees div exp factorial floor gcd lcm ln log
    log10 min_scale mod pi power radians random random_normal round scale sign sin sqrt tan trim_scale trunc
    width_bucket to_number`,
  texts: `ascii bit_length btrim char_length character_length chr concat concat_ws initcap left length like_escape
    lower lpad ltrim md5 normalize is_normalized octet_length overlay position quote_ident quote_literal
    quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
    regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim
    similar_to_escape split_part starts_with strpos string_to_array string_to_table substr substring to_hex
    translate upper casefold crc32 crc32c`,
  bytes: `convert_from convert_to decode encode get_bit get_byte set_bit set_byte sha224 sha256 sha384 sha512`,
  times: `age clock_timestamp date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days
    justify_hours justify_interval make_date make_interval make_time make_timestamp make_timestamptz now overlaps
    statement_timestamp timeofday timezone to_char to_date to_timestamp transaction_timestamp`,
  documents: `array_to_json json_array_elements json_array_elements_text json_array_length json_build_array
    json_build_object json_each json_each_text json_extract_path json_extract_path_text json_object
    json_object_keys json_strip_nulls json_to_record json_to_recordset json_typeof
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object
    jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object
    jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array
    jsonb_path_query_first jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record
    jsonb_to_recordset jsonb_typeof row_to_json to_json to_jsonb`,
  lists: `array_append array_cat array_dims array_length array_lower array_ndims array_position array_positions
    array_prepend array_remove array_replace array_reverse array_sample array_shuffle array_sort array_to_string
    array_upper cardinality generate_series generate_subscripts trim_array unnest`,
  ranges: `daterange int4range int8range isempty lower_inc lower_inf multirange numrange range_merge tsrange
    tstzrange upper_inc upper_inf`,
  searches: `array_to_tsvector numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery
    to_tsvector ts_delete ts_filter ts_headline ts_rank ts_rank_cd tsquery_phrase tsvector_to_array
    websearch_to_tsquery`,
  addresses: `abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network
    set_masklen`,
  others: `gen_random_uuid num_nonnulls num_nulls uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7`,
}

export const allowedFunctions: ReadonlySet<string> = new Set(Object.values(byKind).join(' ').split(/\s+/))

/** Those whose result is as long as an argument says: it must be written out, and be no more than this. */
export const lengthArgument: Readonly<Record<string, number>> = { repeat: 1, lpad: 1, rpad: 1 }
export const longestText = 10_000

/** Types that values may be cast to; none names an object of the catalog, as regclass does. */
export const allowedTypes: ReadonlySet<string> = new Set(
  `bool boolean int2 int4 int8 smallint int integer bigint float4 float8 real numeric decimal text varchar bpchar
   date time timetz timestamp timestamptz interval uuid json jsonb jsonpath bytea bit varbit inet cidr macaddr
   macaddr8 money int4range int8range numrange daterange tsrange tstzrange int4multirange int8multirange
   nummultirange datemultirange tsmultirange tstzmultirange tsvector tsquery point line lseg box path polygon
   circle`.split(/\s+/),
)

/** `current_user` and its kin tell of roles and databases; these tell the time. */
export const allowedValues: ReadonlySet<string> = new Set([
  'SVFOP_CURRENT_DATE',
  'SVFOP_CURRENT_TIME',
  'SVFOP_CURRENT_TIME_N',
  'SVFOP_CURRENT_TIMESTAMP',
  'SVFOP_CURRENT_TIMESTAMP_N',
  'SVFOP_LOCALTIME',
  'SVFOP_LOCALTIME_N',
  'SVFOP_LOCALTIMESTAMP',
  'SVFOP_LOCALTIMESTAMP_N',
])
