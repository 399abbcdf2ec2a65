// Vitest runs this before every test file.
import { afterAll } from 'vitest';
import { endAll } from './ends.ts';

afterAll(endAll);
