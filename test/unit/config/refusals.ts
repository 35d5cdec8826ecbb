/** Every file of test/fixtures/config/invalid beside what it is refused with, a line each, without the path in front. */
export const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  'address-with-other-scheme.hcl': [
    ':1:13: http_addr: found "ftp://localhost:8500"; allowed: "host:port", "http://host:port", "https://host:port" or "unix:///path"',
  ],
  'address-with-password.hcl': [
    ':1:13: http_addr: found "https://...@consul.example:8501", whose name and password belong in CONSUL_HTTP_AUTH; allowed: "host:port", "http://host:port", "https://host:port" or "unix:///path"',
  ],
  'address-with-wrong-port.hcl': [
    ':1:13: http_addr: found "localhost:99999"; allowed: "host:port", "http://host:port", "https://host:port" or "unix:///path"',
  ],
  'address-without-port.hcl': [
    ':1:13: http_addr: found "localhost"; allowed: "host:port", "http://host:port", "https://host:port" or "unix:///path"',
  ],
  'after-wide-characters.hcl': [':1:32: log_level: found 5; allowed: "TRACE", "DEBUG", "INFO", "WARN" or "ERROR"'],
  'broken-block.hcl': [':3:1: found the end of the file; allowed: a key or "}"'],
  'broken-comment.hcl': [':1:1: found a comment that does not end; allowed: /* ... */'],
  'broken-escape.hcl': [
    ':1:17: found an unknown escape; allowed: \\n \\t \\r \\a \\b \\f \\v \\" \\\\, three octal digits up to \\177, \\xHH up to \\x7f, \\uHHHH, \\UHHHHHHHH',
  ],
  'broken-heredoc-anchor.hcl': [
    ':1:9: found a << without its anchor; allowed: <<EOF or <<-EOF, alone at the end of the line',
  ],
  'broken-heredoc.hcl': [':1:9: found a heredoc that does not end; allowed: its anchor alone on a line'],
  'broken-interpolation.hcl': [':1:15: found a ${ without its closing brace; allowed: ${...}, closed'],
  'broken-key.json': [":1:3: found the character '; allowed: a key in double quotes"],
  'broken-list.hcl': [':2:25: found a string; allowed: a comma or the end of the list'],
  'broken-string.hcl': [':1:14: found a string without its closing quote; allowed: a string that ends on its line'],
  'ca-file-is-folder.hcl': [
    ':1:17: https_ca_file: found "test/fixtures/config/tls", which is a folder; allowed: the path of a readable file',
  ],
  'ca-file-missing.hcl': [
    ':1:11: ca_file: found "no/such/ca.pem", which does not exist; allowed: the path of a readable file',
  ],
  'ca-path-is-file.hcl': [
    ':1:11: ca_path: found "test/fixtures/config/tls/cert.pem", which is no folder; allowed: the path of a readable folder',
  ],
  'cert-without-key.hcl': [':1:13: cert_file: found a value, but none for key_file; allowed: both or neither'],
  'client-address-with-scheme.hcl': [
    ':1:18: client_address: found "http://127.0.0.1:8080"; allowed: "host:port", "[IPv6]:port" or ":port"',
  ],
  'client-address-with-wrong-port.hcl': [
    ':1:18: client_address: found "[::1]:65536"; allowed: "host:port", "[IPv6]:port" or ":port"',
  ],
  'deep.json': [':1:75: found deeper nesting than any setting has; allowed: 50 levels'],
  'duration-as-number.hcl': [
    ':1:23: node_probe_interval: found 10; allowed: a duration such as "10s" or "1h30m", at least 1s',
  ],
  'duration-in-days.hcl': [
    ':1:26: node_reconnect_timeout: found "3d"; allowed: a duration such as "10s" or "1h30m", not negative',
  ],
  'duration-in-telemetry.hcl': [
    ':1:41: telemetry.prometheus_retention_time: found "forever"; allowed: a duration such as "10s" or "1h30m", not negative',
  ],
  'duration-negative.hcl': [
    ':1:26: node_reconnect_timeout: found "-1h"; allowed: a duration such as "10s" or "1h30m", not negative',
  ],
  'duration-too-short.hcl': [
    ':1:23: node_probe_interval: found "999ms"; allowed: a duration such as "10s" or "1h30m", at least 1s',
  ],
  'duration-without-quotes.hcl': [
    ':1:23: found a number with letters behind it; allowed: a plain number; a duration in quotes: "10s"',
  ],
  'duration-without-unit.hcl': [
    ':1:23: node_probe_interval: found "10"; allowed: a duration such as "10s" or "1h30m", at least 1s',
  ],
  'flag-as-number.json': [':1:33: disable_coordinate_updates: found 1; allowed: true or false, without quotes'],
  'flag-as-text.hcl': [':1:17: enable_syslog: found "true"; allowed: true or false, without quotes'],
  'hcl-2-with-wrong-value.hcl': [': external_node_meta.external-node: found true; allowed: a string in quotes'],
  'https-cert-without-key.json': [
    ':1:22: https_cert_file: found a value, but none for https_key_file; allowed: both or neither',
  ],
  'key-without-cert.hcl': [':1:12: key_file: found a value, but none for cert_file; allowed: both or neither'],
  'kv-path-with-slash.hcl': [':1:18: consul_kv_path: found "/consul-esm/"; allowed: a key without a slash in front'],
  'leader-key-with-slash.hcl': [':1:21: consul_leader_key: found "/lock"; allowed: a key without a slash in front'],
  'list-as-text.hcl': [':2:19: telemetry.prefix_filter: found "+esm"; allowed: a list of strings, ["...", "..."]'],
  'list-at-top.json': [':1:1: found the character [; allowed: an object in { }'],
  'list-of-numbers.hcl': [':2:26: telemetry.dogstatsd_tags.1: found 5; allowed: a string in quotes'],
  'log-level.hcl': [':1:13: log_level: found "loud"; allowed: "TRACE", "DEBUG", "INFO", "WARN" or "ERROR"'],
  'meta-as-text.hcl': [
    ':1:22: external_node_meta: found "external-node=true"; allowed: a block of key = "value", at least one',
  ],
  'meta-empty.hcl': [
    ':1:20: external_node_meta: found an empty block; allowed: a block of key = "value", at least one',
  ],
  'meta-with-flag.hcl': [':2:21: external_node_meta.external-node: found true; allowed: a string in quotes'],
  'missing-colon.json': [':1:15: found a string; allowed: ":" behind a key'],
  'missing-comma.json': [':3:3: found a string; allowed: "," or "}"'],
  'missing-equals.hcl': [':2:1: found the end of the file; allowed: one key, "=" and a value, or "{" behind a label'],
  'missing-value.hcl': [
    ':2:1: found an unquoted word; allowed: a value: a string in quotes, a number, true, false, a [list] or a { block }',
  ],
  'not-utf8.hcl': [': found bytes that are no text; allowed: UTF-8'],
  'ping-type.hcl': [':1:13: ping_type: found "icmp"; allowed: "udp", "socket" or "tcp"'],
  'probe-workers-as-flag.hcl': [
    ':1:17: probe_workers: found true; allowed: "auto" or a whole number without quotes, at least 0',
  ],
  'probe-workers-as-text.hcl': [
    ':1:17: probe_workers: found "2"; allowed: "auto" or a whole number without quotes, at least 0',
  ],
  'probe-workers-negative.hcl': [
    ':1:17: probe_workers: found -1; allowed: "auto" or a whole number without quotes, at least 0',
  ],
  'probe-workers-unknown-word.hcl': [
    ':1:17: probe_workers: found "banana"; allowed: "auto" or a whole number without quotes, at least 0',
  ],
  'probe-workers-with-fraction.hcl': [
    ':1:17: probe_workers: found 1.5; allowed: "auto" or a whole number without quotes, at least 0',
  ],
  'repeated-block.hcl': [':4:1: telemetry: found a second time (first in line 1); allowed: once in a file'],
  'repeated-in-list.json': [':1:16: telemetry: found a list; allowed: one block, key { ... }'],
  'repeated-meta.hcl': [':2:1: external_node_meta: found a second time (first in line 1); allowed: once in a file'],
  'several.hcl': [
    ':1:13: log_level: found "loud"; allowed: "TRACE", "DEBUG", "INFO", "WARN" or "ERROR"',
    ':3:20: telemetry.metrics_prefix: found 5; allowed: a string in quotes',
    ':4:3: telemetry.disable_hostnam: found an unknown key; did you mean "disable_hostname"?',
    ':6:22: critical_threshold: found -1; allowed: a whole number without quotes, at least 0',
  ],
  'stray-brace.hcl': [':1:20: found "}"; allowed: a key'],
  'stray-character.hcl': [
    ':1:13: found the character \'; allowed: key = value with strings in "double quotes", or key { ... }',
  ],
  'stray-value.hcl': [':1:1: found a number; allowed: a key'],
  'syslog-facility.hcl': [
    ':1:19: syslog_facility: found "LOCAL8"; allowed: "KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON", "AUTHPRIV", "FTP", "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4", "LOCAL5", "LOCAL6" or "LOCAL7"',
  ],
  'text-as-list.json': [':1:17: datacenter: found a list; allowed: a string in quotes'],
  'text-as-number.hcl': [':1:14: datacenter: found 1; allowed: a string in quotes'],
  'text-too-long.hcl': [
    ':1:13: log_level: found "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."; allowed: "TRACE", "DEBUG", "INFO", "WARN" or "ERROR"',
  ],
  'threshold-as-text.json': [':1:24: passing_threshold: found "3"; allowed: a whole number without quotes, at least 0'],
  'threshold-negative.hcl': [':1:22: critical_threshold: found -1; allowed: a whole number without quotes, at least 0'],
  'threshold-with-fraction.hcl': [
    ':1:21: passing_threshold: found 1.5; allowed: a whole number without quotes, at least 0',
  ],
  'token-as-expression.hcl': [
    ':1:14: found the character (; allowed: key = value with strings in "double quotes", or key { ... }',
  ],
  'token-as-label.hcl': [':1:7: token: found a block; allowed: a string in quotes'],
  'token-as-number.hcl': [':1:9: token: found a number; allowed: a string in quotes'],
  'token-in-broken-text.hcl': [
    ':1:9: found a string without its closing quote; allowed: a string that ends on its line',
  ],
  'token-without-quotes.hcl': [
    ':1:9: found an unquoted word; allowed: a value: a string in quotes, a number, true, false, a [list] or a { block }',
  ],
  'token-without-quotes.json': [
    ':1:12: found an unquoted word; allowed: a string in double quotes, a number, true, false, [...] or {...}',
  ],
  'trailing-text.json': [':1:25: found the character #; allowed: nothing behind the object'],
  'twice-in-another-case.hcl': [':2:1: datacenter: found a second time (first in line 1); allowed: once in a file'],
  'twice-in-meta.hcl': [
    ':3:3: external_node_meta.external-node: found a second time (first in line 2); allowed: once in a file',
  ],
  'twice.hcl': [':3:1: token: found a second time (first in line 1); allowed: once in a file'],
  'twice.json': [':3:3: datacenter: found a second time (first in line 2); allowed: once in a file'],
  'two-keys.hcl': [':1:11: found "="; allowed: one key, "=" and a value, or "{" behind a label'],
  'unfinished-string.json': [
    ':1:12: found a string that is broken off; allowed: a string in double quotes, on one line',
  ],
  'unfinished.json': [':2:1: found the end of the file; allowed: "," or "}"'],
  'unknown-constructor.hcl': [':1:1: constructor: found an unknown key; allowed: the keys in docs/configuration.md'],
  'unknown-key-in-block.json': [':3:5: telemetry.statsd_adress: found an unknown key; did you mean "statsd_address"?'],
  'unknown-key-unlike-any.hcl': [':1:1: colour: found an unknown key; allowed: the keys in docs/configuration.md'],
  'unknown-key-with-dash.hcl': [':1:1: log-level: found an unknown key; did you mean "log_level"?'],
  'unknown-key.hcl': [':3:1: tokn: found an unknown key; did you mean "token"?'],
  'unknown-label.hcl': [':1:11: telemetry.main: found an unknown key; allowed: the keys in docs/configuration.md'],
  'unknown-prototype.json': [':1:3: __proto__: found an unknown key; allowed: the keys in docs/configuration.md'],
};
