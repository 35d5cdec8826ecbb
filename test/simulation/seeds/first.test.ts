import { holds } from './holds.ts';

holds(1, 50);
