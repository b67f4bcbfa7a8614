/**
 * Conta o relatório JSON do vitest numa linha: `N passed, N failed[, N skipped]`.
 * Termina com 1 se algo falhou ou se nenhum teste rodou. Recebe o caminho do relatório.
 */

import { readFileSync } from 'node:fs';

interface Arquivo {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

interface Relatorio {
  readonly success: boolean;
  readonly testResults: readonly Arquivo[];
}

function lerRelatorio(arquivo = ''): Relatorio {
  try {
    return JSON.parse(readFileSync(arquivo, 'utf8'));
  } catch {
    process.stderr.write('O vitest terminou sem escrever o relatório.\n');
    return { success: false, testResults: [] };
  }
}

const { success, testResults } = lerRelatorio(process.argv[2]);
const testes = testResults.flatMap(({ assertionResults }) => assertionResults);
const quantos = (situacao: string) => testes.filter(({ status }) => status === situacao).length;

// Um arquivo que nem pôde ser carregado não tem testes a contar: ele mesmo conta como uma falha.
const quebrados = testResults.filter(({ status, assertionResults }) => {
  return status === 'failed' && !assertionResults.some((teste) => teste.status === 'failed');
});
const passaram = quantos('passed');
const falharam = quantos('failed') + quebrados.length;
const pulados = testes.length - passaram - quantos('failed');

for (const { name, message } of quebrados) process.stderr.write(`${name}: ${message}\n`);
if (passaram === 0) process.stderr.write('Nenhum teste rodou com êxito.\n');
if (!success && falharam === 0) process.stderr.write('O vitest relata uma falha fora dos testes.\n');
process.stdout.write(`${passaram} passed, ${falharam} failed${pulados > 0 ? `, ${pulados} skipped` : ''}\n`);
process.exitCode = success && falharam === 0 && passaram > 0 ? 0 : 1;
