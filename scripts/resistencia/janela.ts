/**
 * O laboratório da janela sob muitas falhas ao acaso, com todas as garantias ligadas: `npm run soak:janela`.
 * Sai com 1 se o veredito não acaba limpo.
 */

import { setTimeout as esperar } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FALHAS, type Falha, type Processo as Retrato, type Veredito } from '../../src/contract/janela.ts';
import { ate } from '../comum/condicao.ts';
import { http, resultado } from '../comum/jsonrpc.ts';
import { Pilha } from '../comum/pilha.ts';
import { iniciar } from '../comum/processos.ts';
import { type Sorteio, sortear } from '../comum/sorteio.ts';

const AJUDA = `npm run soak:janela -- [--falhas N] [--servidores N] [--semente N]

  --falhas N      quantas falhas se causam (50)
  --servidores N  quantos servidores tem o laboratório; mais de um precisa do redis-server (1)
  --semente N     repete o acaso de outra vez; sem isto, um novo, que se escreve no começo
`;

/** O que desfaz o que não passa sozinho; o resto passa. */
const CONSERTOS: Partial<Record<Falha, Falha>> = { matar: 'reiniciar', congelar: 'descongelar', cortar: 'religar' };
const SO_DE_QUEM_ATENDE: readonly Falha[] = ['perder_resposta', 'duplicar_pedido'];
/** Consertos não são falhas, e um atraso não precisa de um alvo certo. */
const SORTEADAS = FALHAS.filter((falha) => falha !== 'descongelar' && falha !== 'religar');
/** Quanto uma falha dura antes do conserto, em ms. */
const DURACAO_MINIMA_MS = 300;
const DURACAO_SORTEADA_MS = 1_500;
/** Uma em tantas vezes, outra falha vem antes do conserto da primeira. */
const UMA_DUPLA_EM = 3;
/** Quantas mensagens se confirmam depois da última falha: as anteriores já tiveram como chegar. */
const MENSAGENS_NO_FIM = 12;

interface Causada {
  readonly falha: Falha;
  readonly alvo: string;
}

async function resistir(pilha: Pilha, { falhas, servidores, sorteio }: ReturnType<typeof lerOpcoes>): Promise<number> {
  const inicioMs = performance.now();
  process.stdout.write(`semente ${sorteio.semente}\n`);
  const janela = pilha.use(
    await iniciar('janela', { argumentos: ['--porta', '0', '--laboratorio', '--servidores', servidores] }),
  );
  const laboratorio = await Laboratorio.em(janela.url);
  await laboratorio.confirmarMais(1);
  const contagem = new Map<Falha, number>();
  for (let feitas = 0; feitas < falhas; ) {
    const causadas: Causada[] = [];
    const quantas = sorteio.inteiro(UMA_DUPLA_EM) === 0 ? 2 : 1;
    while (causadas.length < quantas && feitas < falhas) {
      const causada = sortearFalha(sorteio, laboratorio.processos, causadas[0]);
      await laboratorio.causar(causada);
      causadas.push(causada);
      contagem.set(causada.falha, (contagem.get(causada.falha) ?? 0) + 1);
      feitas += 1;
    }
    await esperar(DURACAO_MINIMA_MS + sorteio.inteiro(DURACAO_SORTEADA_MS));
    for (const { falha, alvo } of causadas) {
      const conserto = CONSERTOS[falha];
      if (conserto) await laboratorio.causar({ falha: conserto, alvo });
    }
    await laboratorio.confirmarMais(1);
    const nomes = causadas.map(({ falha, alvo }) => `${falha} em ${alvo}`).join(' e ');
    process.stdout.write(`${String(feitas).padStart(4)}  ${nomes} (${segundosDesde(inicioMs)} s)\n`);
  }
  await laboratorio.confirmarMais(MENSAGENS_NO_FIM);
  return relatar(await laboratorio.veredito(), contagem, segundosDesde(inicioMs));
}

class Laboratorio {
  readonly processos: readonly Retrato[];
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string, processos: readonly Retrato[]) {
    this.#url = url;
    this.#token = token;
    this.processos = processos;
  }

  /** Abre a página como um navegador: é ela que traz o token que deixa causar falhas. */
  static async em(url: string): Promise<Laboratorio> {
    const { corpo } = await http(url, { method: 'GET' });
    const token = /<meta name="token" content="([^"]+)"/.exec(corpo)?.[1] ?? '';
    return new Laboratorio(url, token, await resultado(url, 'listar_processos', {}));
  }

  causar({ falha, alvo }: Causada): Promise<unknown> {
    return resultado(this.#url, 'causar_falha', { falha, alvo, ms: DURACAO_MINIMA_MS * 5 }, this.#token);
  }

  veredito(): Promise<Veredito> {
    return resultado(this.#url, 'veredito', {});
  }

  async confirmarMais(quantas: number): Promise<void> {
    const { confirmadas } = await this.veredito();
    const chegou = async () => (await this.veredito()).confirmadas >= confirmadas + quantas;
    await ate(chegou, `${quantas} mensagens confirmadas depois das falhas`, 120_000);
  }
}

/** @param outra a que já está em curso: a nova é em outro processo, e um binder que falha não deixa vencer um lease */
function sortearFalha(sorteio: Sorteio, processos: readonly Retrato[], outra: Causada | undefined): Causada {
  const falha = sorteio.um(SORTEADAS.filter((qual) => qual !== 'vencer_lease' || outra?.alvo !== 'binder'));
  const servem = processos.filter(
    ({ papel, nome }) =>
      nome !== outra?.alvo &&
      (falha !== 'vencer_lease' || papel === 'servidor') &&
      (!SO_DE_QUEM_ATENDE.includes(falha) || papel !== 'cliente'),
  );
  return { falha, alvo: sorteio.um(servem).nome };
}

function relatar(veredito: Veredito, contagem: ReadonlyMap<Falha, number>, duracao: number): number {
  const { perdidas, dobradas, fora_de_ordem, vazadas } = veredito;
  const defeitos = perdidas + dobradas + fora_de_ordem + vazadas;
  const causadas = [...contagem].map(([falha, vezes]) => `${falha} ${vezes}`).join(', ');
  process.stdout.write(`\nem ${duracao} s: ${causadas}\n`);
  for (const [nome, quantas] of Object.entries(veredito)) process.stdout.write(`${nome}: ${quantas}\n`);
  process.stdout.write(defeitos === 0 ? 'veredito limpo\n' : 'VEREDITO COM DEFEITOS\n');
  return defeitos === 0 ? 0 : 1;
}

function segundosDesde(inicioMs: number): number {
  return Math.round((performance.now() - inicioMs) / 1_000);
}

function lerOpcoes() {
  const { values } = parseArgs({
    options: {
      falhas: { type: 'string', default: '50' },
      servidores: { type: 'string', default: '1' },
      semente: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(AJUDA);
    process.exit(0);
  }
  const falhas = Number(values.falhas);
  const semente = values.semente === undefined ? undefined : Number(values.semente);
  if (!Number.isInteger(falhas) || falhas < 1 || (semente !== undefined && !Number.isInteger(semente))) {
    process.stderr.write('soak:janela: --falhas e --semente devem ser inteiros\n');
    process.exit(2);
  }
  return { falhas, servidores: values.servidores, sorteio: sortear(semente) };
}

await using pilha = new Pilha();
for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(sinal, () => void pilha.close().finally(() => process.exit(1)));
}
process.exitCode = await resistir(pilha, lerOpcoes());
