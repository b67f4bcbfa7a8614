/**
 * Seção 4 do contrato: o servidor se anuncia no binder enquanto vive. O que o anúncio faz quando o binder some, volta
 * vazio, recusa ou se cala está em unidade/server/announce.test.ts: aqui se prova que o servidor o inicia e o encerra.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { resultado } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { relogioDoSistema } from '../../../src/process/clock.ts';
import { abrirBinder } from '../../suporte/local/binder.ts';
import { conectar } from '../../suporte/local/conexao.ts';
import { expectFimEmOrdem } from '../../suporte/local/partida.ts';
import { iniciarServidor } from '../../suporte/processos/processos.ts';

/** Todo procedimento da tabela do contrato, apelidos incluídos. */
const PROCEDIMENTOS = [
  'configurar_sala',
  'criarSala',
  'criar_sala',
  'detalhar_sala',
  'encerrar_sessao',
  'entrar_na_sala',
  'entrar_sala',
  'enviar_mensagem',
  'enviar_messagem',
  'expulsar_usuario',
  'formatar_mensagens',
  'listar_salas',
  'listar_usuarios',
  'passar_sala',
  'receber_mensagens',
  'registrar_usuario',
  'sair_da_sala',
  'silenciar_usuario',
];

interface Registrado {
  readonly procedure_name: string;
  readonly endpoints: readonly { address: string; port: number; ttl_s: number | null }[];
}

const listar = (binder: string): Promise<Registrado[]> => resultado(binder, 'list_procedures');

function todosRegistrados(binder: string): Promise<Registrado[]> {
  return ate(async () => {
    const lista = await listar(binder);
    return lista.length === PROCEDIMENTOS.length ? lista : undefined;
  }, 'todos os registros');
}

describe.concurrent('o anúncio no binder', () => {
  test('registra cada procedimento, apelidos incluídos, com lease de no máximo 30 s; no fim retira os seus, e só os seus', async () => {
    using pasta = pastaTemporaria();
    const segredo = 'um-segredo-de-teste';
    await using binder = await abrirBinder(relogioDoSistema, { segredo });
    const deOutro = { address: 'outro.example', port: 8005, ttl_s: null };
    await resultado(binder.url, 'register_procedure', ['criar_sala', deOutro.address, deOutro.port], segredo);
    await using servidor = await iniciarServidor(pasta.caminho, binder.url, {
      argumentos: ['--host', '0.0.0.0', '--endereco', 'chat.example'],
      ambiente: { CHAT_ENDERECO: 'perdeu.example', CHAT_SEGREDO: segredo },
    });

    const lista = await todosRegistrados(binder.url);
    const deste = { address: 'chat.example', port: servidor.porta, ttl_s: expect.any(Number) };
    expect(lista).toEqual(
      PROCEDIMENTOS.map((procedure_name) => ({
        procedure_name,
        endpoints: procedure_name === 'criar_sala' ? expect.arrayContaining([deOutro, deste]) : [deste],
      })),
    );
    for (const { ttl_s } of lista.flatMap(({ endpoints }) => endpoints)) {
      if (ttl_s === null) continue;
      expect(ttl_s).toBeGreaterThan(0);
      expect(ttl_s).toBeLessThanOrEqual(30);
    }
    await expectFimEmOrdem(servidor);
    expect(await listar(binder.url)).toEqual([{ procedure_name: 'criar_sala', endpoints: [deOutro] }]);
    // O segredo do binder, que ele usou, não aparece em nada do que diz.
    expect(servidor.saida() + servidor.erros()).not.toContain(segredo);
    expect(servidor.erros().match(/viajam sem cifra/g)).toHaveLength(1);
  });

  test('com um binder que se cala na retirada, o servidor termina em ordem; até lá /saude diz 503', async () => {
    using pasta = pastaTemporaria();
    await using surdo = await binderQueSeCala('unregister_procedure');
    await using servidor = await iniciarServidor(pasta.caminho, surdo.url);
    await ate(() => surdo.chamadas('register_procedure') >= PROCEDIMENTOS.length, 'os registros');
    // Uma conexão de antes do fim: por ela ainda se pode perguntar.
    using conexao = await conectar(servidor.porta);
    const fim = expectFimEmOrdem(servidor);
    await ate(() => surdo.chamadas('unregister_procedure') > 0, 'a retirada');
    conexao.escrever('GET /saude HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await Promise.race([conexao.fechadaEmMs, ate(() => conexao.texto() !== '', 'a saúde')]);
    expect(conexao.texto()).toMatch(/^HTTP\/1\.1 503 .*"processo":"servidor"/s);
    expect(conexao.texto()).not.toContain('"ok"');
    await fim;
  });
});

interface BinderQueSeCala extends AsyncDisposable {
  readonly url: string;
  /** Quantas vezes se chamou este procedimento. */
  readonly chamadas: (metodo: string) => number;
}

/** Um binder que responde a tudo que registrou, menos a um procedimento, a que nunca responde. */
async function binderQueSeCala(calado: string): Promise<BinderQueSeCala> {
  const contagem = new Map<string, number>();
  const servidor = createServer(async (req: IncomingMessage, res: ServerResponse) => {
    let corpo = '';
    for await (const pedaco of req) corpo += pedaco;
    const { method, id }: { method: string; id: unknown } = JSON.parse(corpo);
    contagem.set(method, (contagem.get(method) ?? 0) + 1);
    if (method === calado) return;
    const result = { procedure_name: 'x', address: '127.0.0.1', port: 1, ttl_s: 30 };
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
  servidor.listen(0, '127.0.0.1');
  await once(servidor, 'listening');
  return {
    url: `http://127.0.0.1:${(servidor.address() as AddressInfo).port}`,
    chamadas: (metodo) => contagem.get(metodo) ?? 0,
    [Symbol.asyncDispose]: async () => {
      servidor.closeAllConnections();
      servidor.close();
      await once(servidor, 'close');
    },
  };
}
