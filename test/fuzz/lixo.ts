/** O que se manda a quem espera outra coisa. Tudo é texto JSON, não valor: só assim `__proto__` e 1e400 chegam. */

import type { Sorteio } from '../../scripts/comum/sorteio.ts';

const fundo = (abre: string, fecha: string, vezes: number) => `${abre.repeat(vezes)}1${fecha.repeat(vezes)}`;
const texto = (valor: string) => JSON.stringify(valor);

/** Um de cada tipo, e os cantos de cada um. Nenhum é uma espera longa de verdade: ela só atrasaria o teste. */
export const VALORES: readonly string[] = [
  ...['null', 'true', 'false', '0', '-0', '1', '-1', '1.5', '1e400', '-1e400', '1e-400', '9007199254740993', '1e21'],
  ...['65536', '31000', '""', '" "', '"a"', '"0"', '"true"', '"null"', '[]', '{}', '[[]]', '[null]', '[{}]', '{"":""}'],
  ...['"__proto__"', '"constructor"', '"prototype"', '"toString"', '"hasOwnProperty"', '"SERVER"', '"todos"'],
  ...['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"x":1}}}', '{"toJSON":"x"}', '{"length":-1}'],
  ...['{"then":"x"}', '{"toString":null}', '{"valueOf":1}', '{"a":1,"a":2}', '["a","a"]', '{"0":"a","length":1}'],
  ...['"\\ud800"', '"\\udc00a"', '"\\u0000"', '"a\\u0000b"', '"\\u202e"', '"\\u001b[2J"', '"\\ufeff"', '"\\u0301"'],
  ...['"../../etc/passwd"', '"\'; DROP TABLE mensagens;--"', '"%s%n"', '"\\r\\nHTTP/1.1 200 OK"'],
  texto('x'.repeat(33)),
  texto('x'.repeat(4_001)),
  texto('\u{1f600}'.repeat(2_000)),
  texto('e\u0301'.repeat(3_000)),
  texto('\ufdfa'.repeat(32)),
  texto('\u0344'.repeat(40)),
  fundo('[', ']', 5_000),
  fundo('{"a":', '}', 5_000),
  `[${'1,'.repeat(2_000)}1]`,
  `{${Array.from({ length: 500 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
  '{"id":1,"sala":"s","tipo":"broadcast","origem":"o","destino":"d","conteudo":"c","timestamp":"2024-01-15T12:00:00.000Z"}',
  '{"id":1,"sala":"s","tipo":"unicast","origem":"\\u001b[2J","destino":"\\u202e","conteudo":"\\u0007","timestamp":"0000-01-01T00:00:00Z"}',
  '{"id":1,"sala":"s","tipo":"broadcast","origem":"o","destino":"d","conteudo":"c","timestamp":"2024-02-30T25:61:61Z"}',
  '{"id":1,"sala":"s","tipo":"broadcast","origem":"o","destino":"d","conteudo":"c","timestamp":"2024-01-15T12:00:00.000Z","__proto__":{}}',
];

const NOMES_DE_CAMPO = ['jsonrpc', 'method', 'params', 'id', '__proto__', 'constructor', 'x', 'JSONRPC', ''];

/** Um envelope qualquer: às vezes um pedido quase certo, às vezes nem objeto. */
export function envelope(sorteio: Sorteio, metodos: readonly string[]): string {
  if (sorteio.inteiro(8) === 0) return sorteio.um(VALORES);
  const campos = [
    ['"jsonrpc"', sorteio.inteiro(6) > 0 ? '"2.0"' : sorteio.um(VALORES)],
    ['"id"', sorteio.inteiro(2) > 0 ? String(sorteio.inteiro(1000)) : sorteio.um(VALORES)],
    ['"method"', sorteio.inteiro(6) > 0 ? texto(sorteio.um(metodos)) : sorteio.um(VALORES)],
    ['"params"', sorteio.inteiro(3) > 0 ? parametros(sorteio) : sorteio.um(VALORES)],
    [texto(sorteio.um(NOMES_DE_CAMPO)), sorteio.um(VALORES)],
  ] as const;
  const usados = campos.filter((_, indice) => sorteio.inteiro(indice === 4 ? 4 : 12) > 0 === indice < 4);
  return `{${usados.map(([nome, valor]) => `${nome}:${valor}`).join(',')}}`;
}

function parametros(sorteio: Sorteio): string {
  const valores = Array.from({ length: sorteio.inteiro(6) }, () => sorteio.um(VALORES));
  if (sorteio.inteiro(2) === 0) return `[${valores.join(',')}]`;
  const nomes = ['nomeUsuario', 'nomeSala', 'mensagem', 'salaAtual', 'desde', 'address', '__proto__', 'port', 'ttl_s'];
  return `{${valores.map((valor) => `${texto(sorteio.um(nomes))}:${valor}`).join(',')}}`;
}

/** Um batch de lixo, que cabe num corpo. */
export function batch(sorteio: Sorteio, metodos: readonly string[]): string {
  const entradas = Array.from({ length: sorteio.inteiro(55) }, () => envelope(sorteio, metodos));
  let bytes = 2;
  const cabem = entradas.filter((entrada) => {
    bytes += Buffer.byteLength(entrada) + 1;
    return bytes < 65_536;
  });
  return `[${cabem.join(',')}]`;
}

/** Um texto JSON com alguns bytes trocados: quase sempre deixa de ser JSON, ou de ser UTF-8. */
export function estragado(sorteio: Sorteio, json: string): Buffer {
  const bytes = Buffer.from(json);
  for (let vez = 0; vez <= sorteio.inteiro(4) && bytes.length > 0; vez += 1) {
    bytes[sorteio.inteiro(bytes.length)] = sorteio.inteiro(256);
  }
  return sorteio.inteiro(3) === 0 ? bytes.subarray(0, sorteio.inteiro(bytes.length + 1)) : bytes;
}
