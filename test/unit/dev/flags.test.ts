import { describe, expect, it } from 'vitest';
import { DEV_USAGE, readDevFlags } from '../../../src/dev/flags.ts';

const options = (given: object = {}): object => ({ consul: undefined, port: undefined, logLevel: 'INFO', ...given });

describe('readDevFlags', () => {
  it.each([
    [[], options()],
    [['-consul=http://c:8500'], options({ consul: 'http://c:8500' })],
    [['--consul', 'http://c:8500/'], options({ consul: 'http://c:8500' })],
    [['-consul', 'c:8500'], options({ consul: 'http://c:8500' })],
    [['--consul=https://c/proxied'], options({ consul: 'https://c/proxied' })],
    [['-port=0'], options({ port: 0 })],
    [['-port=1', '-port', '65535'], options({ port: 65_535 })],
    [['-log-level=debug'], options({ logLevel: 'DEBUG' })],
    [['-h'], undefined],
    [['-port=x', '-help'], undefined],
  ])('reads %j', (argv, expected) => {
    expect(readDevFlags(argv)).toEqual(expected);
  });

  it.each([
    [['-consul=c'], /^invalid value "c" for flag -consul; allowed: host:port, http:\/\/host:port or https/],
    [['-consul=unix:///run/consul'], /^invalid value "unix:\/\/\/run\/consul" for flag -consul/],
    [['-consul=http://me:secret@c:1'], /^invalid value "http:\/\/\.\.\.@c:1", whose .* belong in CONSUL_HTTP_AUTH/],
    [['-consul'], /^flag needs an argument: -consul\n/],
    [['-consul=c:1', '-port=2'], /^-port is where the Consul in memory listens, and -consul starts none/],
    [['-port=65536'], /^invalid value "65536" for flag -port; allowed: a number from 0 to 65535\n/],
    [['-port=-1'], /^invalid value "-1" for flag -port/],
    [['-port=8e3'], /^invalid value "8e3" for flag -port/],
    [['-log-level=loud'], /^invalid value "loud" for flag -log-level; allowed: "TRACE", .* or "ERROR"\n/],
    [['-config-file=x'], /^flag provided but not defined: -config-file\n/],
    [['-prot=1'], /^flag provided but not defined: -prot\n/],
    [['-consl=1'], /; did you mean -consul\?\n/],
    [['http://c:8500'], /^unexpected argument: http:\/\/c:8500\n/],
  ])('refuses %j', (argv, message) => {
    const where = /\nconsul-esm dev -help lists the flags\.$/;
    const refuse = (): unknown => readDevFlags(argv);
    expect(refuse).toThrow(expect.objectContaining({ code: 'ESM_FLAGS_INVALID' }));
    expect(refuse).toThrow(message);
    expect(refuse).toThrow(where);
  });

  it('explains every flag', () => {
    for (const flag of ['-consul=', '-port=', '-log-level=', '-help', '-h']) expect(DEV_USAGE).toContain(flag);
  });
});
