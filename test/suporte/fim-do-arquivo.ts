/** O vitest roda isto em cada arquivo de testes: os Redis de um acabam com ele. */

import { afterAll } from 'vitest';
import { encerrarEstados } from './estado.ts';

afterAll(encerrarEstados);
