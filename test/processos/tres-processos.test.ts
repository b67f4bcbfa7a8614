/**
 * Binder, servidor e duas pessoas, de ponta a ponta, sobre os processos de verdade: cada chamada pergunta antes ao
 * binder onde está o procedimento, como faz o cliente.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { http, resultado } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo } from '../../scripts/comum/processos.ts';
import { BINDER_CONTRACT, type BinderProcedures } from '../../src/contract/binder.ts';
import { CHAT_CONTRACT, type ChatProcedures } from '../../src/contract/chat.ts';
import { nomesChamaveis, type ParamsInput, type Result } from '../../src/contract/procedure.ts';
import { criarConexoes } from '../../src/rpc/client/http.ts';
import { type CallOptions, criarRemoto, type Remote } from '../../src/rpc/client/remote.ts';
import { assentar } from '../suporte/pessoas.ts';
import { FIM_EM_ORDEM_MS, iniciarServidor, iniciarSistema } from '../suporte/processos.ts';

const ESPERA_LONGA_MS = 30_000;

/** Uma pessoa diante do seu cliente: só conhece o endereço do binder. */
class Pessoa implements Disposable {
  readonly nomeUsuario: string;
  readonly #conexoes = criarConexoes();
  readonly #binder: Remote<BinderProcedures>;
  #token: string | undefined;

  constructor(binder: string, nomeUsuario: string) {
    this.nomeUsuario = nomeUsuario;
    this.#binder = criarRemoto(BINDER_CONTRACT, binder, this.#conexoes);
  }

  async chamar<Nome extends keyof ChatProcedures>(
    procedure_name: Nome,
    params: ParamsInput<ChatProcedures[Nome]>,
    options: CallOptions = {},
  ): Promise<Result<ChatProcedures[Nome]>> {
    const { address, port } = await this.#binder.lookup_procedure({ procedure_name });
    const servidor = criarRemoto(CHAT_CONTRACT, `http://${address}:${port}`, this.#conexoes);
    return servidor[procedure_name](params, { bearer: this.#token, ...options });
  }

  async registrar(): Promise<void> {
    const { nomeUsuario } = this;
    this.#token = (await this.chamar('registrar_usuario', { nomeUsuario })).token;
  }

  entrar(nomeSala: string) {
    return this.chamar('entrar_sala', { nomeUsuario: this.nomeUsuario, nomeSala });
  }

  dizer(salaAtual: string, mensagem: string, destinatario?: string) {
    return this.chamar('enviar_mensagem', { nomeUsuario: this.nomeUsuario, salaAtual, mensagem, destinatario });
  }

  receber(salaAtual: string, desde?: number, esperarMs = 0) {
    const { nomeUsuario } = this;
    return this.chamar(
      'receber_mensagens',
      { nomeUsuario, salaAtual, desde, esperarMs },
      { prazoMs: esperarMs + 10_000 },
    );
  }

  [Symbol.dispose](): void {
    this.#conexoes.destroy();
  }
}

interface Procedimento {
  readonly procedure_name: string;
  readonly endpoints: readonly { readonly address: string; readonly port: number; readonly ttl_s: number | null }[];
}

const listar = (binder: Processo): Promise<Procedimento[]> => resultado(binder.url, 'list_procedures');

function registrados(binder: Processo): Promise<Procedimento[]> {
  const todos = nomesChamaveis(CHAT_CONTRACT).length;
  return ate(async () => {
    const lista = await listar(binder);
    return lista.length === todos ? lista : undefined;
  }, 'o registro de todos os procedimentos');
}

/** O arquivo como outro programa o leria, em ordem. */
function listaDeUsuarios(pasta: string): string[] {
  return (JSON.parse(readFileSync(join(pasta, 'usuarios.json'), 'utf8')) as string[]).sort();
}

/** Um pedido de fim, e quanto ele levou. */
async function encerrarEmOrdem(processo: Processo, sinal: NodeJS.Signals = 'SIGTERM') {
  const comecoMs = performance.now();
  const status = await processo.encerrar(sinal);
  return { status, duracaoMs: performance.now() - comecoMs };
}

describe('uma conversa inteira', () => {
  test('duas pessoas se acham pelo binder, conversam em público e em particular, saem, e tudo termina em ordem', async () => {
    await using sistema = await iniciarSistema();
    const { binder, servidor, pasta } = sistema;
    expect(servidor.saida()).toBe(`Servidor de chat pronto em ${servidor.url}\n`);
    expect(binder.saida()).toBe(`Binder pronto em ${binder.url}\n`);
    await registrados(binder);
    using pedro = new Pessoa(binder.url, 'Pedro');
    using maria = new Pessoa(binder.url, 'Maria');
    using zoe = new Pessoa(binder.url, 'Zoé');

    for (const pessoa of [pedro, maria, zoe]) await pessoa.registrar();
    await ate(() => listaDeUsuarios(pasta.caminho).join() === 'Maria,Pedro,Zoé', 'a lista de usuários');
    using outroPedro = new Pessoa(binder.url, 'pedro');
    await expect(outroPedro.registrar()).rejects.toMatchObject({ tipo: 'NOME_EM_USO' });

    await pedro.chamar('criar_sala', { nomeSala: 'Sala' });
    expect(await maria.chamar('listar_salas', {})).toEqual([{ nomeSala: 'Sala', usuarios: 0 }]);
    await pedro.entrar('Sala');
    await maria.entrar('Sala');
    const { usuarios, mensagens } = await zoe.entrar('Sala');
    expect(usuarios).toEqual(['Maria', 'Pedro', 'Zoé']);
    expect(mensagens.map(({ conteudo }) => conteudo)).toEqual([
      'Pedro entrou na sala.',
      'Maria entrou na sala.',
      'Zoé entrou na sala.',
    ]);
    const cursor = mensagens.at(-1)?.id;

    const mariaEspera = maria.receber('Sala', cursor, ESPERA_LONGA_MS);
    await assentar(servidor.url);
    const bomDia = await pedro.dizer('Sala', 'Bom dia a todos!');
    expect(await mariaEspera).toEqual([bomDia]);

    const zoeEspera = zoe.receber('Sala', bomDia.id, ESPERA_LONGA_MS);
    const pedroEspera = pedro.receber('Sala', bomDia.id, ESPERA_LONGA_MS);
    await assentar(servidor.url);
    const oi = await maria.dizer('Sala', 'Oi', 'pedro');
    expect(oi).toMatchObject({ tipo: 'unicast', origem: 'Maria', destino: 'Pedro' });
    expect(await pedroEspera).toEqual([oi]);
    expect(await maria.receber('Sala', bomDia.id)).toEqual([oi]);
    expect(await maria.chamar('formatar_mensagens', { mensagem: oi })).toMatch(
      /^\[\d\d:\d\d:\d\d\] Maria -> Pedro: Oi$/,
    );

    // A próxima coisa que Zoé recebe não é a privada: é a saída de Maria.
    expect(await maria.chamar('sair_da_sala', {})).toEqual({ nomeSala: 'Sala' });
    const [saida, ...mais] = await zoeEspera;
    expect([saida?.conteudo, ...mais]).toEqual(['Maria saiu da sala.']);
    expect(await zoe.chamar('listar_usuarios', {})).toEqual(['Pedro', 'Zoé']);

    for (const pessoa of [pedro, maria, zoe]) expect(await pessoa.chamar('encerrar_sessao', {})).toBe(true);
    expect(await listar(binder)).toHaveLength(13);
    expect(await encerrarEmOrdem(servidor)).toMatchObject({ status: 0 });
    expect(await listar(binder)).toEqual([]);
    expect(await encerrarEmOrdem(binder)).toMatchObject({ status: 0 });
    expect(listaDeUsuarios(pasta.caminho)).toEqual([]);
  });
});

describe('no binder', () => {
  // Um cabeçalho HTTP não leva qualquer texto: se o segredo não pode viajar, é na partida que se diz.
  test.each(['com espaço', 'com-acento-e-€'])('o segredo "%s" serve, ou é recusado na partida', async (segredo) => {
    const ambiente = { CHAT_SEGREDO: segredo };
    const binder = await iniciarBinder({ ambiente }).catch((recusa: Error) => recusa);
    if (binder instanceof Error) return expect(binder.message).toMatch(/CHAT_SEGREDO/);
    await using _binder = binder;
    using pasta = pastaTemporaria();
    await using _servidor = await iniciarServidor(pasta.caminho, binder.url, { ambiente });
    await ate(async () => (await listar(binder)).length === 13, 'o registro com o segredo', 3000);
  });

  test('a falta de um segredo é dita na partida, uma vez; com um, não há o que dizer', async () => {
    await using sem = await iniciarBinder();
    expect(sem.erros()).toMatch(/^[^\n]* AVISO sem CHAT_SEGREDO[^\n]*tokens[^\n]*\n$/);
    await using com = await iniciarBinder({ ambiente: { CHAT_SEGREDO: 'um-segredo' } });
    expect(com.erros()).toBe('');
  });
});

describe('o fim', () => {
  test.each(['SIGTERM', 'SIGHUP'] as const)(
    '%s responde [] a quem espera, retira os nomes do binder e termina com 0 em menos de 5 s',
    async (sinal) => {
      await using sistema = await iniciarSistema();
      const { binder, servidor } = sistema;
      await registrados(binder);
      using pedro = new Pessoa(binder.url, 'Pedro');
      using maria = new Pessoa(binder.url, 'Maria');
      const esperas: Promise<unknown>[] = [];
      for (const pessoa of [pedro, maria]) {
        await pessoa.registrar();
        if (pessoa === pedro) await pedro.chamar('criar_sala', { nomeSala: 'Sala' });
        await pessoa.entrar('Sala');
      }
      const cursor = (await maria.receber('Sala')).at(-1)?.id;
      for (const pessoa of [pedro, maria]) esperas.push(pessoa.receber('Sala', cursor, ESPERA_LONGA_MS));
      await assentar(servidor.url);

      const fim = encerrarEmOrdem(servidor, sinal);
      expect(await Promise.all(esperas)).toEqual([[], []]);
      const { status, duracaoMs } = await fim;

      expect(status).toBe(0);
      expect(duracaoMs).toBeLessThan(FIM_EM_ORDEM_MS);
      expect(await listar(binder)).toEqual([]);
      expect(servidor.erros()).not.toMatch(/ERRO|\n\s+at /);
      await expect(pedro.dizer('Sala', 'tarde')).rejects.toMatchObject({ tipo: 'PROCEDIMENTO_NAO_REGISTRADO' });
    },
  );

  test('o que foi respondido até o SIGTERM está lá na partida seguinte', async () => {
    await using sistema = await iniciarSistema({ argumentos: ['--limite-mensagens', '0'] });
    const { binder, servidor, pasta } = sistema;
    await registrados(binder);
    using pedro = new Pessoa(binder.url, 'Pedro');
    await pedro.registrar();
    await pedro.chamar('criar_sala', { nomeSala: 'Sala' });
    await pedro.entrar('Sala');
    const confirmadas: number[] = [];
    const enviarSempre = async () => {
      for (;;) confirmadas.push((await pedro.dizer('Sala', 'mais uma')).id);
    };
    const enviando = Promise.allSettled([enviarSempre(), enviarSempre(), enviarSempre()]);
    await ate(() => confirmadas.length > 20, 'as primeiras mensagens');

    expect(await encerrarEmOrdem(servidor)).toMatchObject({ status: 0 });
    await enviando;
    await using novo = await iniciarServidor(pasta.caminho, binder.url);
    await ate(async () => (await listar(binder)).length === 13, 'o novo registro');
    expect(novo.porta).toBeGreaterThan(0);

    const guardadas: number[] = [];
    for (let desde = 0; ; desde = guardadas.at(-1) ?? desde) {
      const pagina = await pedro.receber('Sala', desde);
      if (pagina.length === 0) break;
      guardadas.push(...pagina.filter(({ conteudo }) => conteudo === 'mais uma').map(({ id }) => id));
      if (pagina.length < 50) break;
    }
    expect(new Set(guardadas).size).toBe(guardadas.length);
    expect(guardadas).toEqual(expect.arrayContaining(confirmadas));
  });
});

describe('depois de um kill -9', () => {
  test('na partida seguinte sobre os mesmos dados, a conversa continua de onde estava, com a mesma sessão', async () => {
    await using sistema = await iniciarSistema();
    const { binder, servidor, pasta } = sistema;
    await registrados(binder);
    using pedro = new Pessoa(binder.url, 'Pedro');
    using maria = new Pessoa(binder.url, 'Maria');
    for (const pessoa of [pedro, maria]) await pessoa.registrar();
    await pedro.chamar('criar_sala', { nomeSala: 'Sala' });
    await pedro.entrar('Sala');
    await maria.entrar('Sala');
    const antes = await pedro.dizer('Sala', 'antes');
    const privada = await pedro.dizer('Sala', 'só nós', 'Maria');
    const visto = await maria.receber('Sala');
    expect(visto.slice(-2)).toEqual([antes, privada]);

    await servidor.encerrar('SIGKILL');
    await expect(maria.receber('Sala')).rejects.toMatchObject({ motivo: 'recusada' });

    // Na mesma porta: quem está no binder com o lease da vida anterior é o mesmo endpoint.
    await using novo = await iniciarServidor(pasta.caminho, binder.url, {
      argumentos: ['--porta', String(servidor.porta)],
    });
    expect(listaDeUsuarios(pasta.caminho)).toEqual(['Maria', 'Pedro']);
    expect(await maria.receber('Sala')).toEqual(visto);
    expect(await pedro.chamar('listar_usuarios', {})).toEqual(['Maria', 'Pedro']);
    const depois = await maria.dizer('Sala', 'depois');
    expect(depois.id).toBeGreaterThan(privada.id);
    expect(await pedro.receber('Sala', privada.id)).toEqual([depois]);
    expect((await http(novo.url, { method: 'GET', caminho: '/saude' })).status).toBe(200);
  });
});
