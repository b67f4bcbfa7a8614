import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { RAIZ } from '../../scripts/comum/raiz.ts';
import { instalarPacote, type PacoteInstalado } from '../suporte/processos/pacote.ts';

const TSC = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc');
const executar = promisify(execFile);
const shell = process.platform === 'win32';

let pacote: PacoteInstalado;
const iniciados: { readonly filho: ChildProcess; readonly fim: Promise<unknown> }[] = [];
beforeAll(async () => {
  pacote = await instalarPacote();
});
afterAll(async () => {
  for (const { filho } of iniciados) filho.kill('SIGKILL');
  await Promise.all(iniciados.map(({ fim }) => fim));
  pacote?.[Symbol.dispose]();
});

async function rodar(comando: string, ...argumentos: string[]): Promise<string> {
  const { stdout } = await executar(comando, argumentos, { cwd: pacote.pasta, shell, encoding: 'utf8' });
  return stdout;
}

/** @returns tudo o que escreve até agora */
function iniciar(comando: string, ...argumentos: string[]): () => string {
  const filho = spawn(comando, argumentos, { cwd: pacote.pasta, stdio: 'pipe' });
  iniciados.push({ filho, fim: new Promise((resolve) => filho.once('close', resolve)) });
  let saida = '';
  for (const fonte of [filho.stdout, filho.stderr]) {
    fonte.on('data', (pedaco) => {
      saida += pedaco;
    });
  }
  return () => saida;
}

/** Inicia um processo do pacote pelo comando dele; um .cmd não morre com o shell que o roda. @returns a url em que serve */
function servir(processo: string, ...argumentos: string[]): Promise<string> {
  const main = join('node_modules', 'chat-system-distribuido', 'dist', processo, 'main.js');
  const linha: [string, ...string[]] = shell ? [process.execPath, main] : [pacote.comando(`chat-${processo}`)];
  const saida = iniciar(...linha, '--porta', '0', ...argumentos);
  return ate(() => /pronto em (http\S+)\n/.exec(saida())?.[1], `${processo} pronto`);
}

describe('o que o pacote traz', () => {
  test('o que roda, os tipos e os mapas com as fontes; nem testes nem scripts', () => {
    const fora = pacote.arquivos.filter((arquivo) => !arquivo.startsWith('dist/'));
    expect(fora.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
    const daPagina = ['estilo.css', 'icone.svg', 'pagina.html'].map((nome) => `dist/janela/navegador/${nome}`);
    const outros = pacote.arquivos.filter((arquivo) => !/\.(js|d\.ts|js\.map)$/.test(arquivo));
    const licencas = ['cliente-avulso', 'partes'].map((pasta) => `dist/${pasta}/LICENCAS.txt`);
    expect(outros.sort()).toEqual([...fora, ...daPagina, ...licencas].sort());
    for (const arquivo of pacote.arquivos.filter((nome) => nome.endsWith('.map'))) {
      const mapa: { sources: string[]; sourcesContent?: string[] } = JSON.parse(
        readFileSync(join(RAIZ, arquivo), 'utf8'),
      );
      for (const [i, fonte] of mapa.sources.entries()) {
        if (!fonte.includes('node_modules'))
          expect(mapa.sourcesContent?.[i], `${arquivo}: ${fonte}`).toBeTypeOf('string');
      }
    }
  });

  test('tudo o que o package.json aponta existe', () => {
    const { bin, exports, types } = JSON.parse(readFileSync(join(RAIZ, 'package.json'), 'utf8'));
    const apontados = [...Object.values(bin), ...Object.values(exports['.']), types] as string[];
    for (const caminho of apontados) expect(pacote.arquivos).toContain(caminho.replace('./', ''));
  });
});

describe('instalado numa pasta vazia, sem rede', () => {
  // O da janela diz a versão de todos; no Windows, os outros se conferem aqui porque não é por eles que se conversa.
  test('os comandos dizem a versão e a ajuda', async () => {
    const { version } = JSON.parse(readFileSync(join(RAIZ, 'package.json'), 'utf8'));
    const versoes = await Promise.all(
      ['chat-janela', ...(shell ? ['chat-binder', 'chat-server', 'chat-cliente'] : [])].map((nome) =>
        rodar(pacote.comando(nome), '--version'),
      ),
    );
    expect(versoes).toEqual(versoes.map(() => `${version}\n`));
    expect(await rodar(pacote.comando('chat-cliente'), '--help')).toContain('enviar <sala> [texto…]');
  });

  test('conversa-se por eles e pela biblioteca', async () => {
    const binder = await servir('binder');
    await servir('server', '--binder', binder);
    const programa = `
      import { conectar } from 'chat-system-distribuido';
      const chat = await conectar({ nome: 'Robô', sala: 'Geral', criarSala: true, binder: process.argv[2] });
      console.log('pronto');
      for await (const { origem, conteudo } of chat.mensagens()) {
        if (origem !== 'Ana' || !conteudo.startsWith('oi')) continue;
        console.log(conteudo);
        break;
      }
      await chat.close();
      console.log('fim');
    `;
    writeFileSync(join(pacote.pasta, 'programa.js'), programa);
    const saida = iniciar(process.execPath, 'programa.js', binder);
    await ate(() => saida().includes('pronto'), 'o programa na sala');
    await rodar(pacote.comando('chat-cliente'), 'enviar', 'Geral', 'oi', '--nome', 'Ana', '--binder', binder);
    await ate(() => saida() === 'pronto\noi\nfim\n', 'a mensagem recebida, e o fim');
  });

  test('os tipos servem a quem usa TypeScript, e recusam o que não existe', async () => {
    const fonte = `
      import { type Chat, conectar, type Mensagem, tipoDaRecusa } from 'chat-system-distribuido';
      export async function usar(): Promise<Mensagem> {
        await using chat: Chat = await conectar({ nome: 'Ana', sala: 'Geral' });
        for await (const { id, conteudo } of chat.mensagens()) if (id > 1) return chat.enviar(conteudo, { para: 'Bia' });
        // @ts-expect-error o destinatário é um nome
        await chat.enviar('oi', { para: 1 });
        const naoEhTexto: 'NOME_EM_USO' | undefined | string = tipoDaRecusa(new Error());
        // @ts-expect-error uma Mensagem não tem texto
        return (await chat.enviar(String(naoEhTexto))).texto;
      }
    `;
    writeFileSync(join(pacote.pasta, 'uso.ts'), fonte);
    const opcoes = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
    const tsc = [TSC, ...opcoes, '--lib', 'es2024,esnext.disposable', '--types', '', 'uso.ts'];
    await rodar(process.execPath, ...tsc).catch((erro: { stdout: string }) => {
      throw new Error(erro.stdout);
    });
  });
});
