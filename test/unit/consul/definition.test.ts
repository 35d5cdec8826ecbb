import { describe, expect, it } from 'vitest';
import { checkKey, type CheckRecord } from '../../../machines/model.ts';
import { damageOf, doubtfulFields } from '../../../src/consul/definition.ts';
import { createShapes } from '../../../src/consul/shapes.ts';

const SAFE = {
  HTTP: 'http://h/',
  TLSSkipVerify: true,
  Header: { A: ['b'] },
  Method: 'PUT',
  Body: 'x',
  TCP: 'h:1',
  Interval: '10s',
  Timeout: '1s',
  DeregisterCriticalServiceAfter: '30s',
};

/** As servers since 1.10 list a plain HTTP check: every field, most of them empty. */
const SPELT_OUT = { ...SAFE, TLSServerName: '', TCPUseTLS: false, UDP: '', GRPC: '', OSService: '', GRPCUseTLS: false };

describe('doubtful fields', () => {
  it.each([
    ['none', undefined, []],
    ['all that every server keeps', SAFE, []],
    ['empty ones', { ...SPELT_OUT, OutputMaxSize: 0, Alias: null, TTL: '0s', X: {}, Y: [] }, []],
    ['gRPC', { GRPC: 'h:1', GRPCUseTLS: true, Interval: '1s' }, ['GRPC', 'GRPCUseTLS']],
    ['a server name', { ...SAFE, TLSServerName: 'n' }, ['TLSServerName']],
    ['one of the future', { ...SAFE, Later: 7 }, ['Later']],
  ])('of a definition with %s', (_, definition, expected) => {
    expect(doubtfulFields(definition)).toEqual(expected);
  });
});

const OF_SERVICE = { partition: '', namespace: '', node: 'n', serviceId: 's', checkId: 'c' };

const recordOf = (part: Partial<CheckRecord>): CheckRecord => {
  const id = { partition: '', namespace: '', node: 'n', serviceId: '', checkId: 'c' };
  const texts = { name: 'n', status: 'passing', output: '', notes: '', serviceName: '', serviceTags: [] };
  return { id, key: checkKey(id), ...texts, definition: SAFE, createIndex: 1, modifyIndex: 1, ...part };
};

describe('damage', () => {
  it.each([
    ['nothing', {}, {}, []],
    ['a status', {}, { status: 'critical', output: 'x' }, []],
    ['a header', {}, { definition: { ...SAFE, Header: { A: ['c'] } } }, ['Header']],
    ['a whole definition', {}, { definition: undefined }, Object.keys(SAFE)],
    ['only what was empty', { definition: SPELT_OUT }, { definition: SAFE }, []],
    ['nothing when the server spells out the empty', {}, { definition: SPELT_OUT }, []],
    ['notes and tags', { notes: 'x', serviceTags: ['a'] }, {}, ['Notes', 'ServiceTags']],
    ["a service's tags", { id: OF_SERVICE, serviceTags: ['v1'] }, { id: OF_SERVICE, serviceTags: ['v2'] }, []],
  ])('that changed %s', (_, sent, echo, expected) => {
    expect(damageOf(recordOf(sent), recordOf(echo))).toEqual(expected);
  });
});

describe('what is known of a server', () => {
  const grpc = { GRPC: 'h:1', Interval: '1s' };

  it('sends doubtful definitions by register until an echo shows that they are kept', () => {
    const shapes = createShapes();
    expect(shapes.mustRegister(SAFE)).toBe(false);
    expect(shapes.mustRegister(grpc)).toBe(true);
    shapes.markKept(['GRPC']);
    expect(shapes.mustRegister(grpc)).toBe(false);
    expect(shapes.mustRegister({ ...grpc, GRPCUseTLS: true })).toBe(true);
  });

  it('sends by register for good what was once lost, thought safe or not', () => {
    const shapes = createShapes();
    shapes.markLost(['Body', 'GRPC']);
    shapes.markKept(['GRPC']);
    expect(shapes.mustRegister(SAFE)).toBe(true);
    expect(shapes.mustRegister({ TCP: 'h:1' })).toBe(false);
    expect(shapes.mustRegister(grpc)).toBe(true);
  });
});
