import { holds } from './holds.ts';

holds(101, 50);
