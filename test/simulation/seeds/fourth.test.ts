import { holds } from './holds.ts';

holds(151, 50);
