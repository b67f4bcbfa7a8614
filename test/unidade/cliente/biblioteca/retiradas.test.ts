import { afterEach, describe, expect, test } from 'vitest';
import { conectar, tipoDaRecusa } from '../../../../src/cliente/biblioteca/biblioteca.ts';
import { MENSAGENS_POR_PAGINA, type Mensagem } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { relogioDoSistema } from '../../../../src/process/clock.ts';
import { abrirServidor, type HandlersDeMentira, mensagem, Pilha } from '../../../processos/terminal/apoio.ts';
import { abrirBinder, registrarTodos } from '../../../suporte/local/binder.ts';
import { conteudos, lerAte } from './apoio.ts';

let pilha = new Pilha();
afterEach(async () => {
  await pilha.desfazer();
  pilha = new Pilha();
});

/** Um servidor de uma sala só, cuja história o teste escreve; quem entra já viu o que `vistas` diz. */
function salaCom(historia: Mensagem[], vistas = 0): HandlersDeMentira {
  return {
    listar_salas: async () => [],
    registrar_usuario: async ({ nomeUsuario }) => ({ nomeUsuario, token: 't'.repeat(43), sala: null }),
    encerrar_sessao: async () => true as const,
    entrar_sala: async ({ nomeSala }) => ({ nomeSala, usuarios: ['Pedro'], mensagens: historia.slice(0, vistas) }),
    receber_mensagens: async ({ desde }) =>
      historia.filter(({ id }) => id > (desde ?? 0)).slice(0, MENSAGENS_POR_PAGINA),
  };
}

async function abrir(handlers: HandlersDeMentira) {
  const binder = pilha.use(await abrirBinder(relogioDoSistema));
  const servidor = pilha.use(await abrirServidor(handlers));
  registrarTodos(binder, servidor.porta);
  const avisos: string[] = [];
  const chat = await conectar({
    nome: 'Pedro',
    sala: 'Geral',
    binder: binder.url,
    intervaloMs: 10,
    esperaMs: 0,
    aoAvisar: (texto) => avisos.push(texto),
  });
  pilha.defer(() => chat.close());
  return { chat, servidor, avisos };
}

const numeradas = (quantas: number) => Array.from({ length: quantas }, (_, n) => mensagem(n + 1, `mensagem ${n + 1}`));

describe('quando o servidor muda o lugar de quem lê', () => {
  test('quem foi retirado por ausência volta sozinho, e recebe tudo o que houve nesse meio-tempo', async () => {
    const historia = numeradas(130);
    const inteira = salaCom(historia, 2);
    let retirado = false;
    const { chat, servidor } = await abrir({
      ...inteira,
      // A segunda entrada mostra as últimas, muito depois de onde se parou.
      entrar_sala: async ({ nomeSala }) => ({
        nomeSala,
        usuarios: ['Pedro'],
        mensagens: retirado ? historia.slice(-MENSAGENS_POR_PAGINA) : historia.slice(0, 2),
      }),
      receber_mensagens: async (params, caller) => {
        if (retirado) return (await inteira.receber_mensagens?.(params, caller)) ?? [];
        retirado = true;
        throw new ContractError('FORA_DA_SALA');
      },
    });
    const lidas = await lerAte(chat, ({ id }) => id === 130);
    expect(conteudos(lidas)).toEqual(conteudos(historia.slice(2)));
    expect(servidor.de('entrar_sala')).toHaveLength(2);
    expect(chat.sala).toBe('Geral');
  });

  test('uma sala removida termina o laço com o motivo, e pode-se entrar em outra', async () => {
    const historia = numeradas(3);
    const inteira = salaCom(historia, 1);
    const semSala = () => Promise.reject(new ContractError('SALA_NAO_ENCONTRADA'));
    let entradas = 0;
    const { chat, avisos } = await abrir({
      ...inteira,
      entrar_sala: async (params, caller) => {
        entradas += 1;
        if (params.nomeSala === 'Geral' && entradas > 1) return semSala();
        return (await inteira.entrar_sala?.(params, caller)) ?? semSala();
      },
      receber_mensagens: async (params, caller) => {
        if (params.salaAtual === 'Geral') return semSala();
        return (await inteira.receber_mensagens?.(params, caller)) ?? [];
      },
    });
    const falha = await lerAte(chat, () => false).catch((erro: unknown) => erro);
    expect(tipoDaRecusa(falha)).toBe('SALA_NAO_ENCONTRADA');
    expect(avisos.join('\n')).toContain('A sala foi removida.');
    expect(chat.sala).toBeUndefined();
    await chat.entrar('Nova');
    expect(conteudos(await lerAte(chat, ({ id }) => id === 3))).toEqual(['mensagem 2', 'mensagem 3']);
  });

  test('um nome que já não pode ser retomado termina o laço com o que se avisou', async () => {
    let registros = 0;
    const { chat } = await abrir({
      ...salaCom([]),
      registrar_usuario: async ({ nomeUsuario }) => {
        registros += 1;
        if (registros > 1) throw new ContractError('NOME_EM_USO');
        return { nomeUsuario, token: 't'.repeat(43), sala: null };
      },
      receber_mensagens: () => Promise.reject(new ContractError('NAO_AUTENTICADO')),
    });
    const falha = await lerAte(chat, () => false).catch((erro: unknown) => erro);
    expect(tipoDaRecusa(falha)).toBe('NAO_AUTENTICADO');
    expect(String(falha)).toContain('o nome não pôde ser retomado');
  });
});

test('mais do que cabe na memória espera no servidor por quem demora a ler', async () => {
  const historia = numeradas(2_500);
  const { chat, servidor } = await abrir(salaCom(historia));
  // Sem ninguém lendo, o laço chega ao fim da história e a fila fica com o começo dela.
  await expect.poll(() => servidor.de('receber_mensagens').at(-1)?.params.desde, { timeout: 10_000 }).toBe(2_500);
  const lidas = await lerAte(chat, ({ id }) => id === 2_500);
  expect(lidas.map(({ id }) => id)).toEqual(historia.map(({ id }) => id));
});
