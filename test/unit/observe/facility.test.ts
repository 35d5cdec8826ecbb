import { describe, expect, it } from 'vitest';
import { FACILITIES, parseFacility, priority } from '../../../src/observe/facility.ts';

describe('syslog facilities', () => {
  it.each([
    ['LOCAL0', 'LOCAL0'],
    ['local7', 'LOCAL7'],
    ['Daemon', 'DAEMON'],
    ['', 'LOCAL0'],
  ])('reads "%s"', (name, facility) => {
    expect(parseFacility(name)).toBe(facility);
  });

  it.each(['LOCAL8', 'toString', ' USER'])('refuses "%s" and names what is allowed', (name) => {
    expect(() => parseFacility(name)).toThrow(
      expect.objectContaining({
        code: 'ESM_CONFIG_INVALID',
        message: `syslog_facility "${name}" is not known: use one of ${Object.keys(FACILITIES).join(', ')}`,
      }),
    );
  });

  it('puts facility and severity into one number', () => {
    expect(priority('LOCAL0', 'TRACE')).toBe(135);
    expect(priority('LOCAL0', 'DEBUG')).toBe(135);
    expect(priority('LOCAL0', 'INFO')).toBe(134);
    expect(priority('USER', 'WARN')).toBe(12);
    expect(priority('LOCAL7', 'ERROR')).toBe(187);
  });
});
