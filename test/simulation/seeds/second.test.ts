import { holds } from './holds.ts';

holds(51, 50);
