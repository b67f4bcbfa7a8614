import { setTimeout as pausar } from 'node:timers/promises';
import type { Mensagem } from '../../../src/contract/chat.ts';
import { HA_REDIS } from '../../comum/redis.ts';
import { abrirNu, type Bancada, type Parte, type ServidorNu } from '../bancada.ts';
import { povoarSala, registrarUsuario, registrarUsuarios, resultadoDe } from '../chamadas/chamadas.ts';
import { enviarNoRitmo, fonteDeEnvios } from '../chamadas/envios.ts';
import { Conexao } from '../chamadas/http.ts';
import { Ouvintes } from '../chamadas/ouvintes.ts';
import { maior, mediana, resumirRazoes } from '../medidas/estatistica.ts';
import { razaoMaxima, valorMaximo } from '../medidas/linhas.ts';
import { abrirEmbutido, abrirNoRedis, type Sistema } from '../sistemas.ts';

/** O maior canal que o IRC já teve. */
const PESSOAS = 7_000;
const SALA = 'multidão';
const ENVIOS = 20;
const ENVIOS_DE_AQUECIMENTO = 3;
const IDAS_E_VOLTAS = 50;
const PAUSA_MS = 200;
const ENVIOS_POR_SEGUNDO = 5;
const ENVIOS_DO_MINUTO = 60 * ENVIOS_POR_SEGUNDO;
const FOLGA_NO_FIM_MS = 1_000;
/** Fazer entrar tanta gente pode levar mais que o prazo de ausência. */
const SEM_AUSENTES = ['--usuario-ausente', '600'];

export const MULTIDAO: Parte = {
  nome: 'multidao',
  descricao: '7.000 numa sala, embutido e com dois servidores num Redis: até o último, e 5 mensagens por segundo',
  medir: async (bancada) => {
    const nu = await abrirNu(bancada);
    await medirMultidao(bancada, nu, 'embutido', await abrirEmbutido(bancada, ...SEM_AUSENTES));
    if (HA_REDIS) {
      await medirMultidao(bancada, nu, 'dois servidores no Redis', await abrirNoRedis(bancada, 2, ...SEM_AUSENTES));
    } else process.stderr.write('  só o embutido: não há redis-server nesta máquina\n');
  },
};

async function medirMultidao(bancada: Bancada, nu: ServidorNu, nome: string, sistema: Sistema): Promise<void> {
  const { linha, conferencia } = bancada;
  const [porta] = sistema.portas;
  const autor = await registrarUsuario(porta, 'quem fala');
  const pessoas = await registrarUsuarios(porta, 'p', PESSOAS - 1);
  await povoarSala(porta, SALA, [autor, ...pessoas]);
  const conexao = await Conexao.abrir(porta);
  const fonte = fonteDeEnvios(autor, SALA);
  const { proximo } = fonte;
  const confirmadas: Mensagem[] = [];
  const enviar = async () => {
    const mensagem = resultadoDe(await conexao.chamar(proximo()));
    confirmadas.push(mensagem);
    return mensagem;
  };
  // Depois dela ninguém tem entradas por ler: as de tanta gente custariam mais que o que se mede.
  const primeira = resultadoDe(await conexao.chamar(proximo()));
  await nu.responder(primeira);
  const grupos = await Promise.all(
    sistema.portas.map((umaPorta, qual) => {
      const usuarios = pessoas.filter((_, indice) => indice % sistema.portas.length === qual);
      return Ouvintes.abrir({ porta: umaPorta, usuarios, sala: SALA, desde: primeira.id });
    }),
  );
  const conexaoNua = await Conexao.abrir(nu.porta);
  const ultimoMs: number[] = [];
  const idasEVoltasMs: number[] = [];
  for (let envio = -ENVIOS_DE_AQUECIMENTO; envio < ENVIOS; envio += 1) {
    await pausar(PAUSA_MS);
    const desdeMs = performance.now();
    const { id } = await enviar();
    await Promise.all(grupos.map((grupo) => grupo.ateTodosTerem(id)));
    const ateOUltimoMs = maior(grupos.flatMap((grupo) => grupo.chegadasMs())) - desdeMs;
    await pausar(PAUSA_MS);
    const desdeNuMs = performance.now();
    for (let ida = 0; ida < IDAS_E_VOLTAS; ida += 1) await conexaoNua.chamar(proximo());
    if (envio < 0) continue;
    ultimoMs.push(ateOUltimoMs);
    idasEVoltasMs.push(performance.now() - desdeNuMs);
  }
  linha({
    medida: `envio → último de ${PESSOAS.toLocaleString('pt-BR')}: ${nome}`,
    valor: mediana(ultimoMs),
    unidade: 'ms',
    ao_lado: mediana(idasEVoltasMs),
    ao_lado_de: `${IDAS_E_VOLTAS} idas e voltas ao servidor nu`,
    razao: resumirRazoes(ultimoMs, idasEVoltasMs),
    pior: maior(ultimoMs),
    meta: razaoMaxima(12),
  });

  const doMinuto = await enviarNoRitmo(conexao, fonte, { quantas: ENVIOS_DO_MINUTO, porSegundo: ENVIOS_POR_SEGUNDO });
  confirmadas.push(...doMinuto);
  const ultimoId = maior(doMinuto.map(({ id }) => id));
  await pausar(FOLGA_NO_FIM_MS);
  linha({
    medida: `5 por segundo durante um minuto: sem a última 1 s depois: ${nome}`,
    valor: grupos.reduce((soma, grupo) => soma + grupo.quantosSem(ultimoId), 0),
    unidade: 'pessoas',
    meta: valorMaximo(0),
  });
  await Promise.all(grupos.map((grupo) => grupo.ateTodosTerem(ultimoId)));
  const defeitos = grupos.flatMap((grupo) => grupo.conferirERecomecar(confirmadas));
  conferencia(confirmadas.length, confirmadas.length * pessoas.length, defeitos);
  for (const grupo of grupos) grupo.fechar();
  conexao.fechar();
  conexaoNua.fechar();
}
