import { spawnSync } from 'node:child_process';
import { povoarSala, registrarUsuarios, resultadoDe, ultimasDe } from '../chamadas.js';
import { cpuMs } from '../consumo.js';
import { fonteDeEnvios } from '../envios.js';
import { maior, mediana } from '../estatistica.js';
import { abrirConexoes, Conexao, montarChamada } from '../http.js';
import { linhaDeVazao } from '../linhas.js';
import { Ouvintes } from '../ouvintes.js';
import { iniciar, iniciarNu, iniciarServidor, pastaTemporaria } from '../processos.js';
import { iniciarRedis } from '../redis.js';
import { alternar } from '../rodadas.js';
import { fonteFixa, medirEm } from '../vazao.js';

const SALAS = 8;
const USUARIOS_POR_SALA = 4;
const OUVINTES = 50;
const ENVIOS = 200;
const ENVIOS_DE_AQUECIMENTO = 20;

export const MAQUINAS = {
  nome: 'maquinas',
  descricao: 'lado a lado: embutido, um servidor num Redis, três servidores num Redis',
  medir: async (bancada) => {
    if (spawnSync('redis-server', ['--version']).status !== 0) {
      process.stderr.write('  pulada: não há redis-server nesta máquina\n');
      return;
    }
    const { abertos } = bancada;
    const nu = await iniciarNu(abertos);
    const sistemas = {
      embutido: await montar(abertos, 1),
      'um servidor no Redis': await montar(abertos, 1, await iniciarRedis(abertos, pastaTemporaria(abertos))),
      'três servidores no Redis': await montar(abertos, 3, await iniciarRedis(abertos, pastaTemporaria(abertos))),
    };
    await medirEnvios(bancada, sistemas, nu);
    await medirLeituras(bancada, sistemas, nu);
    for (const [nome, sistema] of Object.entries(sistemas)) await medirEntrega(bancada, nome, sistema);
  },
};

/** Servidores sobre os mesmos dados, e pessoas em salas, repartidas por todos eles. */
async function montar(abertos, quantos, redis) {
  const binder = await iniciar(abertos, 'binder', ['--porta', '0']);
  const servidores = [];
  for (let n = 0; n < quantos; n += 1) {
    const pasta = pastaTemporaria(abertos);
    const extras = redis ? ['--redis', redis.url] : [];
    servidores.push(await iniciarServidor(abertos, { pasta, binder: binder.url, extras }));
  }
  const portas = servidores.map(({ porta }) => porta);
  const [porta] = portas;
  const salas = [];
  for (let indice = 0; indice < SALAS; indice += 1) {
    const usuarios = await registrarUsuarios(porta, `pessoa${indice}.`, USUARIOS_POR_SALA);
    const nome = `sala ${indice}`;
    await povoarSala(porta, nome, usuarios);
    salas.push({ nome, usuarios });
  }
  return { porta, portas, salas, processos: { servidores, redis } };
}

async function medirEnvios({ rodadas, duracaoMs, linha }, sistemas, nu) {
  const fontesDe = ({ salas }) =>
    salas.flatMap(({ nome, usuarios }) => usuarios.map((usuario) => fonteDeEnvios(usuario, nome)));
  await comparar({ rodadas, duracaoMs, linha }, sistemas, nu, fontesDe, 'enviar_mensagem');
}

async function medirLeituras({ rodadas, duracaoMs, linha }, sistemas, nu) {
  const desde = Number.MAX_SAFE_INTEGER;
  const fontesDe = ({ salas }) =>
    salas.flatMap(({ nome: salaAtual, usuarios }) =>
      usuarios.map(({ nome: nomeUsuario, token }) =>
        fonteFixa(montarChamada('receber_mensagens', { nomeUsuario, salaAtual, desde }, token)),
      ),
    );
  await comparar({ rodadas, duracaoMs, linha }, sistemas, nu, fontesDe, 'receber, nada novo');
}

async function comparar({ rodadas, duracaoMs, linha }, sistemas, nu, fontesDe, oQue) {
  const [primeiro] = Object.values(sistemas);
  const [amostra] = fontesDe(primeiro);
  const conexao = await Conexao.abrir(primeiro.porta);
  await nu.responder(resultadoDe(await conexao.chamar(amostra.proximo())));
  conexao.fechar();
  const consumos = {};
  const medidas = Object.entries(sistemas).map(([nome, sistema]) => [
    nome,
    async (rodada) => {
      const antes = consumoDe(sistema);
      const medida = await medirRepartido(sistema.portas, fontesDe(sistema), duracaoMs);
      if (rodada >= 0) somar(consumos, nome, antes, consumoDe(sistema), medida.chamadas);
      return medida;
    },
  ]);
  const base = () => medirRepartido([nu.porta], fontesDe(primeiro), duracaoMs);
  const vazoes = await alternar({ ...Object.fromEntries(medidas), base }, rodadas);
  for (const nome of Object.keys(sistemas)) {
    linha(linhaDeVazao(`${oQue}: ${nome}`, vazoes[nome], vazoes.base));
    const { servidoresMs, redisMs, chamadas } = consumos[nome];
    linha({ medida: `${oQue}: ${nome}, CPU dos servidores`, valor: (servidoresMs * 1000) / chamadas, unidade: 'µs' });
    if (redisMs > 0) {
      linha({ medida: `${oQue}: ${nome}, CPU do Redis`, valor: (redisMs * 1000) / chamadas, unidade: 'µs' });
    }
  }
}

/** As fontes repartidas pelas portas, todas ao mesmo tempo. */
async function medirRepartido(portas, fontes, duracaoMs) {
  const porPorta = await Promise.all(
    portas.map((porta) => abrirConexoes(porta, Math.ceil(fontes.length / portas.length))),
  );
  const conexoes = fontes.map((_, indice) => porPorta[indice % portas.length][Math.floor(indice / portas.length)]);
  try {
    return await medirEm(conexoes, { fontes, duracaoMs });
  } finally {
    for (const conexao of porPorta.flat()) conexao.fechar();
  }
}

function consumoDe({ processos: { servidores, redis } }) {
  return {
    servidoresMs: servidores.reduce((soma, { pid }) => soma + cpuMs(pid), 0),
    redisMs: redis ? cpuMs(redis.pid) : 0,
  };
}

function somar(consumos, nome, antes, depois, chamadas) {
  const total = consumos[nome] ?? { servidoresMs: 0, redisMs: 0, chamadas: 0 };
  consumos[nome] = {
    servidoresMs: total.servidoresMs + depois.servidoresMs - antes.servidoresMs,
    redisMs: total.redisMs + depois.redisMs - antes.redisMs,
    chamadas: total.chamadas + chamadas,
  };
}

/** Quem envia está num servidor; os que esperam, nos outros. */
async function medirEntrega({ linha, conferencia }, nome, { porta, portas }) {
  const sala = 'entrega';
  const [autor, ...leitores] = await registrarUsuarios(porta, 'e.', OUVINTES + 1);
  await povoarSala(porta, sala, [autor, ...leitores]);
  const desde = (await ultimasDe(porta, autor, sala)).at(-1).id;
  const ouvintes = await Ouvintes.abrir({ porta: portas.at(-1), usuarios: leitores, sala, desde });
  const { proximo } = fonteDeEnvios(autor, sala);
  const conexao = await Conexao.abrir(porta);
  const ultimoMs = [];
  const confirmadas = [];
  for (let envio = -ENVIOS_DE_AQUECIMENTO; envio < ENVIOS; envio += 1) {
    const desdeMs = performance.now();
    const mensagem = resultadoDe(await conexao.chamar(proximo()));
    await ouvintes.ateTodosTerem(mensagem.id);
    confirmadas.push(mensagem);
    if (envio >= 0) ultimoMs.push(maior(ouvintes.chegadasMs()) - desdeMs);
  }
  conferencia(confirmadas.length, confirmadas.length * OUVINTES, ouvintes.conferirERecomecar(confirmadas));
  conexao.fechar();
  ouvintes.fechar();
  linha({
    medida: `envio → último de ${OUVINTES}: ${nome}`,
    valor: mediana(ultimoMs),
    unidade: 'ms',
    pior: maior(ultimoMs),
  });
}
