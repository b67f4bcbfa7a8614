/** O vitest roda isto em cada arquivo de testes: o seguinte acha vazios os Redis que ele usou. */

import { afterAll } from 'vitest';
import { liberarEstados } from '../processos/estado.ts';

afterAll(liberarEstados);
