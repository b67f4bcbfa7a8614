/** O servidor morto com SIGKILL, de novo e de novo, enquanto o usam. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as esperar, setImmediate as proximaVolta } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { type Resposta, resultado } from '../../scripts/comum/jsonrpc.ts';
import type { Sorteio } from '../../scripts/comum/sorteio.ts';
import { Conexao } from '../../src/cliente/chamadas/conexao.ts';
import type { Mensagem } from '../../src/contract/chat.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { criarConexoes } from '../../src/rpc/client/http.ts';
import { conferirRemetentes, iniciarRemetentes, insistir, type Remetente } from '../suporte/remetentes.ts';
import { comSorteio } from '../suporte/sorteio.ts';
import { binderQueVolta, type ServidorQueVolta, servidorQueVolta } from './apoio.ts';

const QUEDAS = 5;

test('quem envia com chave e insiste tem cada mensagem reconhecida uma vez só, na sua ordem, por mais que o servidor caia', () =>
  comSorteio(async (sorteio) => {
    await using servidor = await servidorQueVolta();
    const nomes = ['Ana', 'Bia', 'Caio', 'Davi', 'Eva', 'Flora', 'Gil', 'Hugo'];
    await using remetentes = await iniciarRemetentes({ url: servidor.url, sala: 'Sala', nomes });
    for (let queda = 0; queda < QUEDAS; queda += 1) {
      const alvo = remetentes.reconhecidas() + 1 + sorteio.inteiro(120);
      await ate(() => remetentes.reconhecidas() >= alvo, 'mais mensagens reconhecidas');
      await servidor.derrubar();
    }
    await remetentes.parar();
    expect(remetentes.falhas()).toBeGreaterThan(0);
    await conferirRemetentes(servidor.url, remetentes);
  }));

test('quem recebe com cursor continua por si depois de cada queda, do servidor e do binder, sem perder nem repetir nada', async () => {
  await using binder = await binderQueVolta();
  await using servidor = await servidorQueVolta(binder.url);
  await using remetentes = await iniciarRemetentes({ url: servidor.url, sala: 'Sala', nomes: ['Ana', 'Bia', 'Caio'] });
  const [ana] = remetentes.todos as [Remetente];
  const conexao = new Conexao({ binders: [binder.url], clock: relogioDoSistema, conexoes: criarConexoes() });
  const { token } = ana;
  await ate(() => conexao.chamar('listar_salas', {}).catch(() => undefined), 'o registro no binder');

  const recebidas: Mensagem[] = [];
  let continuar = true;
  const receber = async () => {
    while (continuar) {
      const pedido = { nomeUsuario: ana.nome, salaAtual: 'Sala', desde: recebidas.at(-1)?.id ?? 0, esperarMs: 100 };
      recebidas.push(...(await conexao.chamar('receber_mensagens', pedido, { token }).catch(() => [])));
      await proximaVolta();
    }
  };
  const recebendo = receber();
  for (let queda = 0; queda < 3; queda += 1) {
    const alvo = recebidas.length + 40;
    await ate(() => recebidas.length >= alvo, 'mais mensagens recebidas');
    if (queda === 1) await binder.matar();
    await servidor.derrubar();
  }
  await remetentes.parar();
  const visiveis = remetentes.todos
    .flatMap(({ reconhecidas }) => reconhecidas)
    .filter(({ tipo, origem, destino }) => tipo === 'broadcast' || origem === ana.nome || destino === ana.nome)
    .sort((uma, outra) => uma.id - outra.id);
  await ate(() => recebidas.at(-1)?.id === visiveis.at(-1)?.id, 'a última mensagem');
  continuar = false;
  await recebendo;
  conexao.close();
  expect(recebidas.filter(({ origem }) => origem !== 'SERVER')).toEqual(visiveis);
});

/** Quem registra, cria, entra, sai e encerra sem parar, e confere a cada passo que o reconhecido vale. */
class Andarilho {
  readonly #servidor: ServidorQueVolta;
  readonly #sorteio: Sorteio;
  readonly #base: string;
  /** O maior id já visto em cada sala, por qualquer andarilho: nem uma sala recriada recomeça. */
  readonly #maiores: Map<string, number>;
  #registros = 0;
  #token: string | undefined;
  #sala: string | null = null;
  /** Com uma sessão reconhecida que ninguém começou a encerrar. */
  nome: string | undefined;
  passos = 0;

  constructor(servidor: ServidorQueVolta, sorteio: Sorteio, base: string, maiores: Map<string, number>) {
    this.#servidor = servidor;
    this.#sorteio = sorteio;
    this.#base = base;
    this.#maiores = maiores;
  }

  async passo(): Promise<void> {
    if (!this.nome) await this.#registrar();
    else if (this.#sala === null) await this.#entrar();
    else await this.#sorteio.um([() => this.#entrar(), () => this.#sair(), () => this.encerrar()])();
    await this.#conferir();
    this.passos += 1;
  }

  async encerrar(): Promise<void> {
    if (!this.nome) return;
    this.nome = undefined;
    // Se a primeira resposta se perdeu, a sessão já não existe: 2002.
    await this.#insistir('encerrar_sessao', [], 2002);
    this.#token = undefined;
    this.#sala = null;
  }

  /** Uma resposta que se perde deixa o nome preso sem que se tenha o token: o próximo registro usa outro. */
  async #registrar(): Promise<void> {
    for (;;) {
      this.#registros += 1;
      const nome = `${this.#base} ${this.#registros}`;
      const { result } = await this.#insistir('registrar_usuario', [nome], 2001);
      if (!result) continue;
      this.#token = result.token;
      this.nome = nome;
      return;
    }
  }

  async #entrar(): Promise<void> {
    const sala = this.#sorteio.um(['Azul', 'Rosa', 'Roxa']);
    await this.#insistir('criar_sala', [sala], 2004);
    const antes = this.#maiores.get(sala) ?? 0;
    // Entre criar e entrar, a sala sem ninguém pode ter sido removida.
    const { result } = await this.#insistir('entrar_sala', [this.nome, sala], 2005);
    if (!result) return;
    const ultima = (result.mensagens as Mensagem[]).at(-1)?.id ?? 0;
    if (this.#sala !== sala) expect(ultima).toBeGreaterThan(antes);
    this.#maiores.set(sala, Math.max(ultima, this.#maiores.get(sala) ?? 0));
    expect(result.usuarios).toContain(this.nome);
    this.#sala = sala;
  }

  async #sair(): Promise<void> {
    await this.#insistir('sair_da_sala', [], 2006);
    this.#sala = null;
  }

  async #conferir(): Promise<void> {
    if (!this.nome) return;
    const { result } = await this.#insistir('registrar_usuario', [this.nome]);
    expect(result).toEqual({ nomeUsuario: this.nome, token: this.#token, sala: this.#sala });
  }

  async #insistir(method: string, params: unknown, aceito?: number): Promise<Resposta> {
    const resposta = await insistir(this.#servidor.url, method, params, this.#token);
    if (resposta.error && resposta.error.code !== aceito) throw new Error(`${method}: ${resposta.error.message}`);
    return resposta;
  }
}

test('salas e sessões estão como foram reconhecidas, e usuarios.json é inteiro a todo instante, por mais que o servidor caia', () =>
  comSorteio(async (sorteio) => {
    await using servidor = await servidorQueVolta(undefined, { argumentos: ['--sala-inativa', '1'] });
    const arquivo = join(servidor.pasta.caminho, 'usuarios.json');
    const maiores = new Map<string, number>();
    const andarilhos = ['Ana', 'Bia', 'Caio', 'Davi', 'Eva', 'Gil'].map(
      (base) => new Andarilho(servidor, sorteio, base, maiores),
    );
    const vivos = () => andarilhos.flatMap(({ nome }) => nome ?? []);
    /** Os que já eram reconhecidos quando o servidor partiu: a lista que ele escreveu tem de trazê-los. */
    let firmes: string[] = [];
    let continuar = true;
    const vigiar = async () => {
      let leituras = 0;
      for (; continuar; leituras += 1) {
        const exigidos = firmes;
        const nomes: string[] = JSON.parse(await readFile(arquivo, 'utf8'));
        expect(new Set(nomes).size).toBe(nomes.length);
        const aindaVivos = new Set(vivos());
        expect(nomes).toEqual(expect.arrayContaining(exigidos.filter((nome) => aindaVivos.has(nome))));
        // Lê-se sem parar, mas não tanto que falte processador a quem se vigia.
        await esperar(5);
      }
      return leituras;
    };
    const andar = async (andarilho: Andarilho) => {
      while (continuar) await andarilho.passo();
    };
    const andando = Promise.all(andarilhos.map(andar)).catch((erro: unknown) => {
      continuar = false;
      throw erro;
    });
    const vigiando = vigiar();
    const passos = () => andarilhos.reduce((soma, andarilho) => soma + andarilho.passos, 0);
    const cair = async () => {
      for (let queda = 0; queda < QUEDAS && continuar; queda += 1) {
        const alvo = passos() + 1 + sorteio.inteiro(40);
        await ate(() => passos() >= alvo || !continuar, 'mais passos');
        await servidor.derrubar();
        firmes = vivos();
      }
      continuar = false;
    };
    const [, leituras] = await Promise.all([andando, vigiando, cair()]);
    expect(leituras).toBeGreaterThan(100);

    const presos = (nomes: string[]) => nomes.filter((nome) => !vivos().includes(nome));
    const lista = (): string[] => JSON.parse(readFileSync(arquivo, 'utf8'));
    await ate(() => vivos().every((nome) => lista().includes(nome)), 'a lista em dia');
    for (const andarilho of andarilhos) await andarilho.encerrar();
    await ate(() => lista().length === presos(lista()).length, 'a lista sem os que se foram');
    await ate(async () => (await resultado(servidor.url, 'listar_salas')).length === 0, 'o fim das salas vazias');
  }));
