/** Seção 3 do contrato: uma chamada reconhecida é durável; uma que não pode ser, recebe 2009 e não muda nada. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { chamar, http, recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { type Processo, SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { comToken, conteudos, type Mensagem, type Pessoa, registrar, salaCom } from '../../suporte/pessoas.ts';
import { ESTADO } from '../../suporte/processos/estado.ts';
import { iniciarSemBinder, iniciarServidor, SEM_BINDER, type SoServidor } from '../../suporte/processos/processos.ts';

const LIVRE = { argumentos: SEM_LIMITES };

/** Mata o servidor sem aviso e inicia outro sobre os mesmos dados. */
async function matarEReiniciar(sistema: SoServidor): Promise<Processo> {
  await sistema.servidor.encerrar('SIGKILL');
  return iniciarServidor(sistema.pasta.caminho, SEM_BINDER, LIVRE);
}

function em(servidor: Processo, { nome, token }: Pessoa): Pessoa {
  return comToken(servidor.url, nome, token);
}

test('depois de kill -9 e de um reinício, tudo está como foi reconhecido', async () => {
  await using sistema = await iniciarSemBinder(LIVRE);
  const { url } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia', 'Caio');
  const [ana, bia, caio] = pessoas;
  const deFora = await registrar(url, 'Fora');
  const encerrada = await registrar(url, 'Encerrada');
  const {
    sala: passagem,
    pessoas: [sai],
  } = await salaCom(url, 'Sai');
  const entra = await registrar(url, 'Entra');
  await deFora.fazer('criar_sala', ['Vazia']);
  const comChave = await ana.dizer(sala, 'com chave', { chave: 'k' });
  await ana.dizer(sala, 'privada', { destinatario: bia.nome });
  await bia.dizer(sala, 'última');
  await caio.fazer('sair_da_sala');
  const antes = {
    salas: await resultado(url, 'listar_salas'),
    usuarios: await ana.fazer('listar_usuarios'),
    deAna: await ana.receber(sala, { desde: 0 }),
    deBia: await bia.receber(sala, { desde: 0 }),
  };
  // O servidor morre assim que reconhece uma entrada, uma saída e um fim; a sala continua com uma pessoa.
  await Promise.all([entra.entrar(passagem), sai.fazer('sair_da_sala'), encerrada.fazer('encerrar_sessao')]);

  await using outro = await matarEReiniciar(sistema);
  const [ana2, bia2] = [em(outro, ana), em(outro, bia)];
  expect(await resultado(outro.url, 'listar_salas')).toEqual(antes.salas);
  expect(await ana2.fazer('listar_usuarios')).toEqual(antes.usuarios);
  expect(await ana2.receber(sala, { desde: 0 })).toEqual(antes.deAna);
  expect(await bia2.receber(sala, { desde: 0 })).toEqual(antes.deBia);
  expect(await ana2.fazer('registrar_usuario', [ana.nome])).toEqual({ nomeUsuario: ana.nome, token: ana.token, sala });
  expect(await em(outro, deFora).fazer('registrar_usuario', [deFora.nome])).toMatchObject({ sala: null });
  expect(await em(outro, entra).fazer('listar_usuarios')).toEqual([entra.nome]);
  expect((await em(outro, sai).serRecusado('sair_da_sala')).code).toBe(2006);
  expect(await ana2.dizer(sala, 'com chave', { chave: 'k' })).toEqual(comChave);
  expect((await recusa(outro.url, 'registrar_usuario', [caio.nome])).code).toBe(2001);
  expect((await em(outro, encerrada).serRecusado('listar_usuarios')).code).toBe(2002);
  expect(await resultado(outro.url, 'registrar_usuario', [encerrada.nome])).toMatchObject({ sala: null });
  const nova = await bia2.dizer(sala, 'depois');
  expect(nova.id).toBeGreaterThan(Math.max(...antes.deAna.map(({ id }) => id)));
});

// Com o store embutido, o mesmo se vê em test/unidade/store/embutido/store.test.ts e em test/falhas/queda.test.ts.
test.skipIf(ESTADO === 'embutido')(
  'morto no meio de uma rajada, guarda cada mensagem reconhecida; e repetir com a chave não dobra as outras',
  async () => {
    await using sistema = await iniciarSemBinder(LIVRE);
    const { sala, pessoas } = await salaCom(sistema.servidor.url, 'Ana', 'Bia');
    const reconhecidas: Mensagem[] = [];
    const textos: string[] = [];
    let vivo = true;
    const falar = async (pessoa: Pessoa) => {
      for (let numero = 0; vivo && numero < 5_000; numero += 1) {
        const texto = `${pessoa.nome}: nº ${numero}`;
        textos.push(texto);
        reconhecidas.push(await pessoa.dizer(sala, texto, { chave: texto }));
      }
    };
    const falas = pessoas.map((pessoa) => falar(pessoa).catch(() => {}));
    await ate(() => reconhecidas.length >= 150, 'uma rajada');
    await sistema.servidor.encerrar('SIGKILL');
    vivo = false;
    await Promise.all(falas);

    await using outro = await iniciarServidor(sistema.pasta.caminho, SEM_BINDER, LIVRE);
    const deNovo = pessoas.map((pessoa) => em(outro, pessoa));
    const [ana] = deNovo as [Pessoa];
    expect(await lerTudo(ana, sala)).toEqual(expect.arrayContaining(reconhecidas));
    for (const texto of textos) {
      const autora = deNovo.find(({ nome }) => texto.startsWith(`${nome}:`)) as Pessoa;
      await autora.dizer(sala, texto, { chave: texto });
    }
    const ditas = conteudos(await lerTudo(ana, sala)).filter((texto) => !texto.endsWith('na sala.'));
    expect([...ditas].sort()).toEqual([...textos].sort());
  },
);

async function lerTudo(pessoa: Pessoa, sala: string): Promise<Mensagem[]> {
  const todas: Mensagem[] = [];
  for (;;) {
    const pagina = await pessoa.receber(sala, { desde: todas.at(-1)?.id ?? 0 });
    if (pagina.length === 0) return todas;
    todas.push(...pagina);
  }
}

/** `prlimit` muda os limites de um processo que já roda: com ele o disco "enche" sem que se precise de um disco. */
function temPrlimit(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// O disco do Redis é dele: o que ele não consegue gravar se vê em test/falhas/redis.test.ts.
describe.skipIf(!temPrlimit() || ESTADO !== 'embutido')('com o disco cheio', () => {
  /** Nenhum byte pode ser escrito depois do primeiro de um arquivo; só o limite brando muda, para poder voltar. */
  const encher = ({ pid }: Processo) => execFileSync('prlimit', ['--pid', `${pid}`, '--fsize=1:']);
  const esvaziar = ({ pid }: Processo) => execFileSync('prlimit', ['--pid', `${pid}`, '--fsize=unlimited:']);

  test('o que não pode ser gravado recebe 2009 e não muda nada; quando há lugar, tudo volta a servir', async () => {
    await using sistema = await iniciarSemBinder(LIVRE);
    const { servidor } = sistema;
    const { url } = servidor;
    const { sala, pessoas } = await salaCom(url, 'Ana', 'Bia');
    const [ana, bia] = pessoas;
    await ana.dizer(sala, 'antes');
    const deFora = await registrar(url, 'Fora');
    await deFora.fazer('listar_salas');
    const estado = async (servidorUrl: string) => ({
      salas: await resultado(servidorUrl, 'listar_salas'),
      usuarios: await comToken(servidorUrl, ana.nome, ana.token).fazer('listar_usuarios'),
      mensagens: await comToken(servidorUrl, bia.nome, bia.token).receber(sala, { desde: 0 }),
    });
    const antes = await estado(url);

    encher(servidor);
    const tentativas: [Pessoa | undefined, string, unknown[]][] = [
      [undefined, 'registrar_usuario', ['Nova']],
      [ana, 'criar_sala', ['Nova']],
      [deFora, 'entrar_sala', [deFora.nome, sala]],
      [ana, 'enviar_mensagem', [ana.nome, sala, 'perdida', null, 'k']],
      [bia, 'sair_da_sala', []],
      [bia, 'encerrar_sessao', []],
    ];
    for (const [pessoa, method, params] of tentativas) {
      const { code, message, data } = await recusa(url, method, params, pessoa?.token);
      expect({ code, tipo: data.tipo }, method).toEqual({ code: 2009, tipo: 'SERVICO_INDISPONIVEL' });
      expect(data.tenteEmMs, method).toBeGreaterThan(0);
      expect(message).not.toMatch(/SQLITE|\/|at /);
    }
    expect(await estado(url), 'ainda cheio').toEqual(antes);
    const doente = await http(url, { method: 'GET', caminho: '/saude' });
    expect(doente.status).toBe(503);
    expect(JSON.parse(doente.corpo)).toMatchObject({ processo: 'servidor' });
    expect(JSON.parse(doente.corpo).status).not.toBe('ok');

    esvaziar(servidor);
    await ate(async () => !(await chamar(url, 'registrar_usuario', ['Nova'])).error, 'o registro volta a servir');
    const enviada = await ana.dizer(sala, 'agora sim', { chave: 'k' });
    expect(await bia.receber(sala, { desde: 0 })).toEqual([...antes.mensagens, enviada]);
    await ate(async () => (await http(url, { method: 'GET', caminho: '/saude' })).status === 200, 'a saúde volta');
    await ate(() => readFileSync(join(sistema.pasta.caminho, 'usuarios.json'), 'utf8').includes('Nova'), 'a lista');
  });
});
