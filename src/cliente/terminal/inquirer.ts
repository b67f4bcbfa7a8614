/**
 * O inquirer e o núcleo dele, carregados por `require`: por `import`, as duas centenas de arquivos de uma dependência dele
 * (rxjs) custam ao Node quase o dobro, e quem abre o cliente espera por eles.
 */

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const { createPromptModule } = require('inquirer') as typeof import('inquirer');
// O do mesmo carregamento: os hooks de uma pergunta só valem dentro do núcleo que a abriu.
export const { createPrompt, useEffect, useKeypress, useRef, useState } =
  require('@inquirer/core') as typeof import('@inquirer/core');
