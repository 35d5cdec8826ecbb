/** What a user must hear though the configuration is valid. */
import { isDeepStrictEqual } from 'node:util';
import { KEYS } from './schema.ts';
import type { Settings } from './settings.ts';

const circonusKeys = (settings: Settings): string[] => {
  const telemetry = settings.get('telemetry')?.value;
  const keys = typeof telemetry === 'object' && telemetry !== null ? Object.keys(telemetry) : [];
  return keys.filter((key) => key.startsWith('circonus_')).map((key) => `telemetry.${key}`);
};

/** Sentences for the log, at WARN: settings without effect. A setting that only says its default is in effect already. */
export const notesOn = (settings: Settings): readonly string[] => {
  const later = KEYS.filter(([name, key]) => {
    const setting = settings.get(name);
    return key.later === true && setting !== undefined && !isDeepStrictEqual(setting.value, key.default);
  }).map(([name]) => name);
  const circonus = circonusKeys(settings);
  return [
    ...(later.length === 0 ? [] : [`These settings have no effect yet: ${later.join(', ')}`]),
    ...(circonus.length === 0 ? [] : [`Circonus is not supported; these settings are ignored: ${circonus.join(', ')}`]),
  ];
};
