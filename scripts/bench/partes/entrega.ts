import { setTimeout as pausar } from 'node:timers/promises';
import type { Mensagem } from '../../../src/contract/chat.ts';
import { abrirNu, abrirSistema, type Bancada, type Parte, type ServidorNu } from '../bancada.ts';
import { povoarSala, registrarUsuario, registrarUsuarios, resultadoDe, ultimoIdDe } from '../chamadas/chamadas.ts';
import { fonteDeEnvios } from '../chamadas/envios.ts';
import { Conexao } from '../chamadas/http.ts';
import { Ouvintes } from '../chamadas/ouvintes.ts';
import { maior, mediana } from '../medidas/estatistica.ts';
import { valorMaximo } from '../medidas/linhas.ts';

const ENVIOS = 300;
const ENVIOS_DE_AQUECIMENTO = 30;
/** De duração variada, para que nada se afine com os passos dos timers do servidor. */
const PAUSA_MINIMA_MS = 4;
const PAUSA_VARIAVEL_MS = 8;
const METAS_MS = new Map([
  [1, 1.5],
  [50, 4],
  [200, 12],
]);

const pausarUmPouco = () => pausar(PAUSA_MINIMA_MS + Math.random() * PAUSA_VARIAVEL_MS);

export const ENTREGA: Parte = {
  nome: 'entrega',
  descricao: 'do envio até o último de 1, 50 e 200 que esperam, 300 envios com pausas',
  medir: async (bancada) => {
    const { servidor } = await abrirSistema(bancada);
    const nu = await abrirNu(bancada);
    for (const [quantos, metaMs] of METAS_MS) await medirEntrega(bancada, servidor.porta, nu, quantos, metaMs);
  },
};

async function medirEntrega(
  { linha, conferencia, rodadas }: Bancada,
  porta: number,
  nu: ServidorNu,
  quantos: number,
  metaMs: number,
): Promise<void> {
  const sala = `sala de ${quantos}`;
  const autor = await registrarUsuario(porta, `autor de ${quantos}`);
  const leitores = await registrarUsuarios(porta, `u${quantos}.`, quantos);
  await povoarSala(porta, sala, [autor, ...leitores]);
  const desde = await ultimoIdDe(porta, autor, sala);
  const ouvintes = await Ouvintes.abrir({ porta, usuarios: leitores, sala, desde });
  const { proximo } = fonteDeEnvios(autor, sala);
  const conexao = await Conexao.abrir(porta);
  const conexaoNua = await Conexao.abrir(nu.porta);

  const ultimoMs: number[] = [];
  const doMeioMs: number[] = [];
  const idaEVoltaNuaMs: number[] = [];
  const confirmadas: Mensagem[] = [];
  const envios = Math.max(1, Math.round((ENVIOS * Math.min(rodadas, 5)) / 5));
  for (let envio = -ENVIOS_DE_AQUECIMENTO; envio < envios; envio += 1) {
    await pausarUmPouco();
    const desdeMs = performance.now();
    const mensagem = resultadoDe(await conexao.chamar(proximo()));
    await ouvintes.ateTodosTerem(mensagem.id);
    confirmadas.push(mensagem);
    if (envio === -ENVIOS_DE_AQUECIMENTO) await nu.responder(mensagem);
    const chegadas = ouvintes.chegadasMs();

    await pausarUmPouco();
    const desdeNuMs = performance.now();
    await conexaoNua.chamar(proximo());
    const ateNuMs = performance.now();
    if (envio < 0) continue;
    ultimoMs.push(maior(chegadas) - desdeMs);
    doMeioMs.push(mediana(chegadas) - desdeMs);
    idaEVoltaNuaMs.push(ateNuMs - desdeNuMs);
  }
  conferencia(confirmadas.length, confirmadas.length * quantos, ouvintes.conferirERecomecar(confirmadas));
  conexao.fechar();
  conexaoNua.fechar();
  ouvintes.fechar();

  const aoLado = { unidade: 'ms', ao_lado: mediana(idaEVoltaNuaMs), ao_lado_de: 'ida e volta ao servidor nu' };
  linha({
    medida: `envio → último de ${quantos}`,
    valor: mediana(ultimoMs),
    ...aoLado,
    pior: maior(ultimoMs),
    meta: valorMaximo(metaMs),
  });
  if (quantos > 1) {
    linha({ medida: `envio → o do meio de ${quantos}`, valor: mediana(doMeioMs), ...aoLado, pior: maior(doMeioMs) });
  }
}
