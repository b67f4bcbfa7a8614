/**
 * Seção 4 do contrato: a pasta de dados, usuarios.json e as opções que vêm do ambiente. O que o store e o arquivo de
 * nomes fazem de cada estrago está em unidade/: aqui se prova que o servidor os usa.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { chamar, postar, recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciar } from '../../../scripts/comum/processos.ts';
import { relogioDoSistema } from '../../../src/process/clock.ts';
import { abrirBinder } from '../../suporte/local/binder.ts';
import { salaCom } from '../../suporte/pessoas.ts';
import { iniciarServidor, SEM_BINDER } from '../../suporte/processos/processos.ts';

vi.setConfig({ maxConcurrency: 4 });

const lista = (arquivo: string): string[] => JSON.parse(readFileSync(arquivo, 'utf8'));
const ateSer = (arquivo: string, ...nomes: string[]) =>
  ate(() => lista(arquivo).toSorted().join() === nomes.toSorted().join(), `a lista ser ${nomes}`);

test.concurrent('usuarios.json é uma lista JSON dos nomes com sessão; quem encerra sai dela; um que só está nela pode ser registrado', async () => {
  using pasta = pastaTemporaria();
  const arquivo = join(pasta.caminho, 'usuarios.json');
  writeFileSync(arquivo, JSON.stringify(['João', 'Pedro']));
  await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER);
  const { url } = servidor;
  await resultado(url, 'registrar_usuario', ['João']);
  const { token } = await resultado(url, 'registrar_usuario', ['ANA']);
  await ateSer(arquivo, 'João', 'ANA');
  await resultado(url, 'encerrar_sessao', [], token);
  await ateSer(arquivo, 'João');
  // O segundo chega enquanto a gravação do primeiro ainda pausa: só o fim em ordem o grava já.
  await resultado(url, 'registrar_usuario', ['Bia']);
  await resultado(url, 'registrar_usuario', ['Caio']);
  await servidor.encerrar();
  expect(lista(arquivo)).toEqual(['João', 'Bia', 'Caio']);
});

test.concurrent('cada opção pode vir do ambiente, e a da linha de comando vence; a pasta é criada com as que a contêm; um usuarios.json que não se lê é posto de lado', async () => {
  using pasta = pastaTemporaria();
  await using binder = await abrirBinder(relogioDoSistema);
  const ambiente = {
    CHAT_PORTA_SERVIDOR: '0',
    CHAT_BINDER: binder.url,
    CHAT_ENDERECO: 'do-ambiente.example',
    CHAT_DADOS: join(pasta.caminho, 'uma', 'dentro da outra'),
    CHAT_USUARIOS: join(pasta.caminho, 'meus-usuarios.json'),
    CHAT_LIMITE_REGISTROS: '2',
    CHAT_LIMITE_MENSAGENS: '1',
    CHAT_SALA_INATIVA: '1',
    CHAT_USUARIO_AUSENTE: '60',
    CHAT_SESSAO_EXPIRA: '60',
  };
  const ilegivel = '["Ana", "Pe';
  writeFileSync(ambiente.CHAT_USUARIOS, ilegivel);
  await using servidor = await iniciar('server', { ambiente, argumentos: ['--limite-mensagens', '2'] });
  const { url } = servidor;
  const { result } = await ate(async () => {
    const achado = await chamar(binder.url, 'lookup_procedure', ['criar_sala']);
    return achado.result ? achado : undefined;
  }, 'o registro');
  expect(result).toMatchObject({ address: 'do-ambiente.example', port: servidor.porta });
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
  expect((await recusa(url, 'registrar_usuario', ['Caio'])).code).toBe(2008);
  const [ana] = pessoas;
  const lote = [1, 2, 3].map((id) => ({
    jsonrpc: '2.0',
    id,
    method: 'enviar_mensagem',
    params: [ana.nome, sala, 'oi'],
  }));
  const respostas: { error?: object }[] = JSON.parse((await postar(url, lote, ana.token)).corpo);
  expect(respostas.filter(({ error }) => error)).toHaveLength(1);
  expect(readdirSync(ambiente.CHAT_DADOS)).not.toEqual([]);
  await ateSer(ambiente.CHAT_USUARIOS, ...pessoas.map(({ nome }) => nome));
  expect(readFileSync(`${ambiente.CHAT_USUARIOS}.invalido-1`, 'utf8')).toBe(ilegivel);
  expect(servidor.erros().match(/meus-usuarios\.json\.invalido-1/g)).toHaveLength(1);
  // Com os prazos do ambiente, tudo some por si; com os de costume, levaria minutos.
  for (const pessoa of pessoas) await pessoa.fazer('sair_da_sala');
  await ate(async () => (await resultado(url, 'listar_salas')).length === 0, 'a remoção da sala');
});
