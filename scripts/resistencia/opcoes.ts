/** O que se pode pedir à linha de comando. */

import { parseArgs } from 'node:util';

const UM_MINUTO_MS = 60_000;
const MINUTOS = 10;

const AJUDA = `npm run soak -- [--minutos N | --segundos N] [--pessoas N] [--salas N] [--redis | --cluster]

Muitas pessoas conversam pelos processos de verdade enquanto eles morrem e voltam e as conexões caem. No fim, confere
que cada mensagem reconhecida chegou a quem devia, uma vez, na ordem. Sai com 1 se não.

  --minutos N    quanto dura (${MINUTOS})
  --segundos N   o mesmo, em segundos
  --pessoas N    quantas conversam (24)
  --salas N      em quantas salas (4)
  --redis        dois binders e três servidores sobre um redis-server, em vez de um de cada sem ele;
                 onde há a libfaketime (no Debian, o pacote faketime), a hora do Redis também salta
  --cluster      os mesmos processos sobre um Redis Cluster de três mestres, cada um com uma réplica: elas
                 assumem, e slots com chaves passam de um mestre a outro
`;

function inteiro(nome: string, texto: string): number {
  const valor = Number(texto);
  if (Number.isInteger(valor) && valor > 0) return valor;
  process.stderr.write(`soak: --${nome} deve ser um inteiro a partir de 1; veio ${texto}\n`);
  process.exit(2);
}

export interface Opcoes {
  readonly duracaoMs: number;
  readonly pessoas: number;
  readonly salas: number;
  readonly estado: 'embutido' | 'redis' | 'cluster';
}

export function lerOpcoes(): Opcoes {
  const { values } = parseArgs({
    options: {
      minutos: { type: 'string', default: String(MINUTOS) },
      segundos: { type: 'string' },
      pessoas: { type: 'string', default: '24' },
      salas: { type: 'string', default: '4' },
      redis: { type: 'boolean', default: false },
      cluster: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(AJUDA);
    process.exit(0);
  }
  if (values.redis && values.cluster) {
    process.stderr.write('soak: --redis e --cluster não vão juntos\n');
    process.exit(2);
  }
  return {
    duracaoMs:
      values.segundos === undefined
        ? inteiro('minutos', values.minutos) * UM_MINUTO_MS
        : inteiro('segundos', values.segundos) * 1_000,
    pessoas: inteiro('pessoas', values.pessoas),
    salas: inteiro('salas', values.salas),
    estado: values.cluster ? 'cluster' : values.redis ? 'redis' : 'embutido',
  };
}
