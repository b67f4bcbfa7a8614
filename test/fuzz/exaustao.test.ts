/** Quem quer tomar tudo para si: conexões, cabeçalhos, corpos, batches, esperas, salas. Quem conversa não percebe. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, postar, resultado } from '../../scripts/comum/jsonrpc.ts';
import { type Conexao, conectar } from '../suporte/local/conexao.ts';
import { nomeNovo, registrar } from '../suporte/pessoas.ts';
import { iniciarSemBinder, type SoServidor } from '../suporte/processos/processos.ts';
import { conferirHttp } from './conferir.ts';
import { abrirFregues, consumo, exigirInteiro, exigirSemCrescer } from './vitima.ts';

const CONEXOES_PARADAS = 2_000;
const LENTAS = 100;
const ESPERAS = 150;
/** Só para que um teste errado acabe: numa máquina ocupada, abrir tudo isto leva o seu tempo. */
const PRAZO_MS = 60_000;

let sistema: SoServidor;
beforeAll(async () => {
  sistema = await iniciarSemBinder({ argumentos: ['--limite-registros', '0', '--limite-mensagens', '1000'] });
});
afterAll(async () => {
  await sistema[Symbol.asyncDispose]();
});

/** Abre conexões aos poucos: todas de uma vez, é a fila do sistema que se enche, não a do servidor. */
async function conectarMuitas(porta: number, total: number): Promise<Disposable & { conexoes: readonly Conexao[] }> {
  const conexoes: Conexao[] = [];
  while (conexoes.length < total) {
    conexoes.push(...(await Promise.all(Array.from({ length: 100 }, () => conectar(porta)))));
  }
  return {
    conexoes,
    [Symbol.dispose]: () => {
      for (const conexao of conexoes) conexao[Symbol.dispose]();
    },
  };
}

test('com milhares de conexões paradas ou lentas, esperas e batches, uma pessoa comum é atendida', {
  timeout: PRAZO_MS,
}, async () => {
  const { servidor } = sistema;
  const { url, porta } = servidor;
  await using pessoa = await abrirFregues(url, nomeNovo('Pessoa'));
  await pessoa.continuar(20);
  const antes = consumo(servidor);
  {
    using _paradas = await conectarMuitas(porta, CONEXOES_PARADAS);
    using comCabecalhoLento = await conectarMuitas(porta, LENTAS);
    for (const conexao of comCabecalhoLento.conexoes) {
      conexao.escrever('POST / HTTP/1.1\r\nHost: localhost\r\nX-Lento: ');
    }
    using comCorpoLento = await conectarMuitas(porta, LENTAS);
    const cabecalhos = ['Host: localhost', 'Content-Type: application/json', 'Content-Length: 60000'];
    for (const conexao of comCorpoLento.conexoes) {
      conexao.escrever(`POST / HTTP/1.1\r\n${cabecalhos.join('\r\n')}\r\n\r\n{`);
    }
    await pessoa.continuar(20);
    await esperarMuitos(url, async () => {
      await pessoa.continuar(20);
      await mandarBatches(url, () => pessoa.continuar(20));
    });
  }
  exigirInteiro(servidor);
  await exigirSemCrescer(servidor, antes, 200);
});

/** Muitas pessoas, cada uma com uma espera aberta; no fim, todas saem e as esperas acabam. */
async function esperarMuitos(url: string, durante: () => Promise<void>): Promise<void> {
  const pessoas = await Promise.all(Array.from({ length: ESPERAS }, () => registrar(url, 'Quem espera')));
  const salaAtual = nomeNovo('Sala de espera');
  await pessoas[0]?.fazer('criar_sala', { nomeSala: salaAtual });
  const entradas: { mensagens: { id: number }[] }[] = await Promise.all(
    pessoas.map((pessoa) => pessoa.entrar(salaAtual)),
  );
  const ultimo = Math.max(...entradas.flatMap(({ mensagens }) => mensagens.map(({ id }) => id)));
  const esperas = pessoas.map((pessoa) => pessoa.receber(salaAtual, { desde: ultimo, esperarMs: 30_000 }));
  await durante();
  await pessoas[0]?.dizer(salaAtual, 'Acordem');
  for (const recebidas of await Promise.all(esperas)) {
    expect(recebidas.map(({ conteudo }) => conteudo)).toEqual(['Acordem']);
  }
  await Promise.all(pessoas.map((pessoa) => pessoa.fazer('encerrar_sessao')));
}

async function mandarBatches(url: string, durante: () => Promise<void>): Promise<void> {
  const { token } = await registrar(url, 'Quem insiste');
  const metodos = ['rpc.discover', 'listar_salas', 'criar_sala', 'nao_existe', 'registrar_usuario'];
  const batches = Array.from({ length: 40 }, (_, vez) =>
    JSON.stringify(
      Array.from({ length: 50 }, (_, id) => ({
        jsonrpc: '2.0',
        id,
        method: metodos[id % metodos.length],
        params: id % metodos.length === 2 ? [`Sala ${vez} ${id}`] : id % metodos.length === 4 ? [`N ${vez} ${id}`] : [],
      })),
    ),
  );
  const ida = Promise.all(batches.map(async (corpo) => conferirHttp(await postar(url, corpo, token), corpo)));
  await durante();
  await ida;
}

test('quem cria salas sem parar é adiado, não expulso, e os outros criam as suas', { timeout: PRAZO_MS }, async () => {
  await using outro = await iniciarSemBinder({ argumentos: ['--limite-mensagens', '1', '--limite-registros', '0'] });
  const { url } = outro.servidor;
  const insistente = await registrar(url, 'Insistente');
  const criar = (nomeSala: string) => chamar(url, 'criar_sala', { nomeSala }, insistente.token);
  const recusa = await ate(async () => (await criar(nomeNovo('Sala'))).error, 'a recusa');
  expect(recusa).toMatchObject({ code: 2008, data: { tipo: 'LIMITE_EXCEDIDO' } });
  expect(recusa.data.tenteEmMs).toBeGreaterThan(0);
  expect(recusa.data.tenteEmMs).toBeLessThanOrEqual(60_000);

  // As outras recusas vêm antes, e o que não cria nem entra continua.
  const [{ nomeSala }] = (await resultado(url, 'listar_salas')) as [{ nomeSala: string }];
  expect((await criar(nomeSala)).error?.code).toBe(2004);
  expect((await insistente.serRecusado('entrar_sala', { nomeUsuario: insistente.nome, nomeSala: 'Outra' })).code).toBe(
    2005,
  );
  expect((await insistente.serRecusado('listar_usuarios')).code).toBe(2006);
  const outra = await registrar(url, 'Outra');
  await outra.fazer('criar_sala', { nomeSala: nomeNovo('Sala') });
});
