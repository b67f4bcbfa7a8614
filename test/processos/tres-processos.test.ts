/**
 * Binder, servidor e duas pessoas, de ponta a ponta, sobre os processos de verdade: cada chamada pergunta antes ao
 * binder onde está o procedimento, como faz o cliente.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import type { Processo } from '../../scripts/comum/processos.ts';
import { BINDER_CONTRACT, type BinderProcedures } from '../../src/contract/binder.ts';
import { CHAT_CONTRACT, type ChatProcedures } from '../../src/contract/chat.ts';
import { nomesChamaveis, type ParamsInput, type Result } from '../../src/contract/procedure.ts';
import { criarConexoes } from '../../src/rpc/client/http.ts';
import { type CallOptions, criarRemoto, type Remote } from '../../src/rpc/client/remote.ts';
import { expectFimEmOrdem } from '../suporte/local/partida.ts';
import { assentar } from '../suporte/pessoas.ts';
import { iniciarSistema } from '../suporte/processos/processos.ts';

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
  expect(mensagens.map(({ conteudo }) => conteudo)).toEqual(['Zoé entrou na sala.']);
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
  expect(await maria.chamar('formatar_mensagens', { mensagem: oi })).toMatch(/^\[\d\d:\d\d:\d\d\] Maria -> Pedro: Oi$/);

  // A próxima coisa que Zoé recebe não é a privada: é a saída de Maria.
  expect(await maria.chamar('sair_da_sala', {})).toEqual({ nomeSala: 'Sala' });
  const [saida, ...mais] = await zoeEspera;
  expect([saida?.conteudo, ...mais]).toEqual(['Maria saiu da sala.']);
  expect(await zoe.chamar('listar_usuarios', {})).toEqual(['Pedro', 'Zoé']);

  for (const pessoa of [pedro, maria, zoe]) expect(await pessoa.chamar('encerrar_sessao', {})).toBe(true);
  expect(await listar(binder)).toHaveLength(18);
  await expectFimEmOrdem(servidor);
  expect(await listar(binder)).toEqual([]);
  await expectFimEmOrdem(binder);
  expect(listaDeUsuarios(pasta.caminho)).toEqual([]);
});
