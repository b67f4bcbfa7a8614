import { abrirNu, abrirSistema, type Bancada, type Parte, pastaDaParte, type ServidorNu } from '../bancada.ts';
import { chamar, resultadoDe } from '../chamadas/chamadas.ts';
import { abrirConexoes, type Conexao, montarChamada } from '../chamadas/http.ts';
import { usuarioDe } from '../chamadas/identidades.ts';
import { fonteFixa, type Medida, medirEm, medirVazao } from '../chamadas/vazao.ts';
import { linhaDeVazao, razaoMinima } from '../medidas/linhas.ts';
import { alternar, type Rodada } from '../medidas/rodadas.ts';
import { type PlanoDeSala, semear } from '../semeadura.ts';

const MUITOS_REGISTRADOS = 20_000;
const POUCOS_REGISTRADOS = 10;
/** Registrar faz a lista crescer: poucos por vez, e todos se retiram antes dos próximos. */
const REGISTROS_POR_VEZ = 256;
const CONEXOES = 32;
const MUITOS = 10_000;
const POUCOS = 1_000;
const META = 0.8;

const NOMES_POSSIVEIS = 1_000_000_000;
/** A razão áurea deles: saltos seguidos se espalham por igual, e nenhum nome se repete antes de passarem todos. */
const SALTO = 618_033_989;

let proximoNome = 0;

/** Registra em levas curtas até o tempo acabar; só o registro conta. */
async function medirRegistros(porta: number, duracaoMs: number, { retirar }: { retirar: boolean }): Promise<Rodada> {
  const conexoes = await abrirConexoes(porta, CONEXOES);
  const latenciasMs: number[] = [];
  let ocupadoMs = 0;
  for (const fimMs = performance.now() + duracaoMs; performance.now() < fimMs; ) {
    const corpos: Buffer[] = [];
    const fonte = { proximo: proximoRegistro, aoResponder: (corpo: Buffer) => void corpos.push(corpo) };
    const leva = await medirEm(conexoes, { fontes: conexoes.map(() => fonte), chamadas: REGISTROS_POR_VEZ });
    ocupadoMs += (leva.chamadas * 1000) / leva.porSegundo;
    for (const latencia of leva.latenciasMs) latenciasMs.push(latencia);
    if (retirar) await retirarTodos(conexoes, corpos);
  }
  for (const conexao of conexoes) conexao.fechar();
  return { porSegundo: (latenciasMs.length * 1000) / ocupadoMs, latenciasMs };
}

/** Ninguém escolhe o nome pela ordem dos outros: cada um cai num lugar qualquer entre os que já há. */
function proximoRegistro(): Buffer {
  proximoNome = (proximoNome + SALTO) % NOMES_POSSIVEIS;
  return montarChamada('registrar_usuario', { nomeUsuario: `u${String(proximoNome).padStart(9, '0')}` });
}

function retirarTodos(conexoes: readonly Conexao[], corpos: readonly Buffer[]): Promise<Medida> {
  const chamadas = corpos.map((corpo) =>
    montarChamada('encerrar_sessao', {}, resultadoDe<{ token: string }>(corpo).token),
  );
  let feitas = 0;
  const fonte = {
    proximo: () => {
      feitas += 1;
      return chamadas[feitas - 1] ?? Buffer.alloc(0);
    },
  };
  return medirEm(conexoes, { fontes: conexoes.map(() => fonte), chamadas: chamadas.length });
}

async function compararRegistros(bancada: Bancada, nu: ServidorNu): Promise<void> {
  const { rodadas, duracaoMs, linha } = bancada;
  const abrirCom = async (usuarios: number) => {
    const pasta = pastaDaParte(bancada);
    await semear(bancada, { pasta, soltos: [{ prefixo: 'u', usuarios }] });
    return (await abrirSistema(bancada, pasta)).servidor.porta;
  };
  const comMuitos = await abrirCom(MUITOS_REGISTRADOS);
  const comPoucos = await abrirCom(POUCOS_REGISTRADOS);
  await nu.responder(await chamar(comPoucos, 'registrar_usuario', { nomeUsuario: 'amostra' }));
  const { muitos, poucos, base } = await alternar(
    {
      muitos: () => medirRegistros(comMuitos, duracaoMs, { retirar: true }),
      poucos: () => medirRegistros(comPoucos, duracaoMs, { retirar: true }),
      base: () => medirRegistros(nu.porta, duracaoMs / 2, { retirar: false }),
    },
    rodadas,
  );
  linha(linhaDeVazao('registrar_usuario: 20.000 registrados', muitos, base, {}));
  linha(
    linhaDeVazao('registrar_usuario: 20.000 contra 10', muitos, poucos, {
      meta: razaoMinima(META),
      aoLadoDe: '10 registrados',
    }),
  );
}

interface Listagem {
  readonly medida: string;
  /** O que se lista, no plural. */
  readonly item: string;
  readonly planejar: (quantos: number) => PlanoDeSala[];
  readonly method: string;
  /** Quem lista, se é preciso ser alguém. */
  readonly token?: string;
}

/** Um servidor com n salas, e outro com n usuários numa sala só: o que se lista cresce, o custo de cada item não. */
async function compararListas(
  bancada: Bancada,
  nu: ServidorNu,
  { medida, item, planejar, method, token }: Listagem,
): Promise<void> {
  const { rodadas, duracaoMs, linha } = bancada;
  const fonte = fonteFixa(montarChamada(method, {}, token));
  const abrirCom = async (quantos: number) => {
    const pasta = pastaDaParte(bancada);
    await semear(bancada, { pasta, salas: planejar(quantos) });
    return abrirSistema(bancada, pasta, { argumentos: ['--usuario-ausente', '3600', '--sala-inativa', '3600'] });
  };
  const medir = async (porta: number, itens: number): Promise<Rodada> => {
    const { porSegundo, latenciasMs } = await medirVazao(porta, { fontes: [fonte, fonte], duracaoMs });
    return { porSegundo: porSegundo * itens, latenciasMs };
  };
  const comMuitos = await abrirCom(MUITOS);
  const comPoucos = await abrirCom(POUCOS);
  await nu.responder(await chamar(comMuitos.servidor.porta, method, {}, token));
  const { muitos, poucos, base } = await alternar(
    {
      muitos: () => medir(comMuitos.servidor.porta, MUITOS),
      poucos: () => medir(comPoucos.servidor.porta, POUCOS),
      base: () => medir(nu.porta, MUITOS),
    },
    rodadas,
  );
  const unidade = `${item}/s`;
  linha(linhaDeVazao(`${medida}: 10.000`, muitos, base, { unidade }));
  linha(
    linhaDeVazao(`${medida}: 10.000 contra 1.000, por item`, muitos, poucos, {
      unidade,
      meta: razaoMinima(META),
      aoLadoDe: '1.000',
    }),
  );
  for (const { servidor, binder } of [comMuitos, comPoucos]) {
    await servidor.encerrarEmOrdem();
    await binder.encerrarEmOrdem();
  }
}

export const PLANURA_DAS_LISTAS: Parte = {
  nome: 'planura-listas',
  descricao: 'registrar com 20.000 usuários e com 10; listar salas e usuários, por item',
  medir: async (bancada) => {
    const nu = await abrirNu(bancada);
    await compararRegistros(bancada, nu);
    await compararListas(bancada, nu, {
      medida: 'listar_salas',
      item: 'salas',
      planejar: (quantas) =>
        Array.from({ length: quantas }, (_, indice) => ({
          nome: `sala ${indice}`,
          prefixo: `u${indice}.`,
          usuarios: 1,
          mensagens: 0,
        })),
      method: 'listar_salas',
    });
    await compararListas(bancada, nu, {
      medida: 'listar_usuarios',
      item: 'usuários',
      planejar: (quantos) => [{ nome: 'cheia', prefixo: 'u', usuarios: quantos, mensagens: 0 }],
      method: 'listar_usuarios',
      token: usuarioDe('u', 0).token,
    });
  },
};
