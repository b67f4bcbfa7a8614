import { performance } from 'node:perf_hooks';
import { chamar, resultadoDe } from '../chamadas.js';
import { abrirConexoes, montarChamada } from '../http.js';
import { usuariosDe } from '../identidades.js';
import { linhaDeVazao, razaoMinima } from '../linhas.js';
import { iniciarNu, iniciarSistema, pastaTemporaria } from '../processos.js';
import { alternar } from '../rodadas.js';
import { semear } from '../semeadura.js';
import { fonteFixa, medirEm, medirVazao } from '../vazao.js';

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
async function medirRegistros(porta, duracaoMs, { retirar }) {
  const conexoes = await abrirConexoes(porta, CONEXOES);
  const latenciasMs = [];
  let ocupadoMs = 0;
  for (const fimMs = performance.now() + duracaoMs; performance.now() < fimMs; ) {
    const corpos = [];
    const fonte = { proximo: proximoRegistro, aoResponder: (corpo) => corpos.push(corpo) };
    const leva = await medirEm(conexoes, { fontes: conexoes.map(() => fonte), chamadas: REGISTROS_POR_VEZ });
    ocupadoMs += (leva.chamadas * 1000) / leva.porSegundo;
    for (const latencia of leva.latenciasMs) latenciasMs.push(latencia);
    if (retirar) await retirarTodos(conexoes, corpos);
  }
  for (const conexao of conexoes) conexao.fechar();
  return { porSegundo: (latenciasMs.length * 1000) / ocupadoMs, latenciasMs };
}

/** Ninguém escolhe o nome pela ordem dos outros: cada um cai num lugar qualquer entre os que já há. */
function proximoRegistro() {
  proximoNome = (proximoNome + SALTO) % NOMES_POSSIVEIS;
  return montarChamada('registrar_usuario', { nomeUsuario: `u${String(proximoNome).padStart(9, '0')}` });
}

function retirarTodos(conexoes, corpos) {
  const chamadas = corpos.map((corpo) => montarChamada('encerrar_sessao', {}, resultadoDe(corpo).token));
  const fonte = { proximo: () => chamadas.pop() };
  return medirEm(conexoes, { fontes: conexoes.map(() => fonte), chamadas: chamadas.length });
}

async function compararRegistros({ abertos, rodadas, duracaoMs, linha }, nu) {
  const portas = {};
  for (const usuarios of [MUITOS_REGISTRADOS, POUCOS_REGISTRADOS]) {
    const pasta = pastaTemporaria(abertos);
    await semear(abertos, { pasta, soltos: [{ prefixo: 'u', usuarios }] });
    portas[usuarios] = (await iniciarSistema(abertos, { dados: pasta })).servidor.porta;
  }
  await nu.responder(await chamar(portas[POUCOS_REGISTRADOS], 'registrar_usuario', { nomeUsuario: 'amostra' }));
  const { muitos, poucos, base } = await alternar(
    {
      muitos: () => medirRegistros(portas[MUITOS_REGISTRADOS], duracaoMs, { retirar: true }),
      poucos: () => medirRegistros(portas[POUCOS_REGISTRADOS], duracaoMs, { retirar: true }),
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

/** Um servidor com n salas, e outro com n usuários numa sala só: o que se lista cresce, o custo de cada item não. */
async function compararListas({ abertos, rodadas, duracaoMs, linha }, nu, { medida, item, planejar, chamadaDe }) {
  const lados = {};
  for (const quantos of [MUITOS, POUCOS]) {
    const pasta = pastaTemporaria(abertos);
    const salas = planejar(quantos);
    await semear(abertos, { pasta, salas });
    const { binder, servidor } = await iniciarSistema(abertos, {
      dados: pasta,
      extras: ['--usuario-ausente', '3600', '--sala-inativa', '3600'],
    });
    const { method, token } = chamadaDe(salas);
    const fonte = fonteFixa(montarChamada(method, {}, token));
    const resposta = await chamar(servidor.porta, method, {}, token);
    lados[quantos] = { porta: servidor.porta, fontes: [fonte, fonte], resposta, servidor, binder };
  }
  await nu.responder(lados[MUITOS].resposta);
  const medir = async ({ porta, fontes }, itens) => {
    const { porSegundo, latenciasMs } = await medirVazao({ porta, fontes, duracaoMs });
    return { porSegundo: porSegundo * itens, latenciasMs };
  };
  const { muitos, poucos, base } = await alternar(
    {
      muitos: () => medir(lados[MUITOS], MUITOS),
      poucos: () => medir(lados[POUCOS], POUCOS),
      base: () => medir({ ...lados[MUITOS], porta: nu.porta }, MUITOS),
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
  for (const { servidor, binder } of Object.values(lados)) {
    await servidor.encerrar();
    await binder.encerrar();
  }
}

export const PLANURA_DAS_LISTAS = {
  nome: 'planura-listas',
  descricao: 'registrar com 20.000 usuários e com 10; listar salas e usuários, por item',
  medir: async (bancada) => {
    const nu = await iniciarNu(bancada.abertos);
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
      chamadaDe: () => ({ method: 'listar_salas' }),
    });
    await compararListas(bancada, nu, {
      medida: 'listar_usuarios',
      item: 'usuários',
      planejar: (quantos) => [{ nome: 'cheia', prefixo: 'u', usuarios: quantos, mensagens: 0 }],
      chamadaDe: ([{ prefixo }]) => ({ method: 'listar_usuarios', token: usuariosDe(prefixo, 1)[0].token }),
    });
  },
};
