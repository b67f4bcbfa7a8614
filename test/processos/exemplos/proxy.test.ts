/** O nginx e o HAProxy dos exemplos, de verdade, na frente de um binder e de um servidor. */

import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { http, postar, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { portaLivre } from '../../../scripts/comum/portas.ts';
import { iniciarBinder, iniciarServidor, type Processo, rodar } from '../../../scripts/comum/processos.ts';
import { lancar } from '../../../scripts/comum/programa.ts';
import { ESPERA_MAXIMA_MS } from '../../../src/contract/limites.ts';
import { acharPrograma, aprovar, EXEMPLOS, testarCom } from '../../suporte/processos/programas.ts';

/** O endereço que os exemplos trocam, e um desta máquina em que o proxy pode ter as portas de quem está atrás. */
const DO_EXEMPLO = '203.0.113.10';
const NA_FRENTE = '127.0.0.2';

interface Proxy {
  readonly configuracao: string;
  readonly conferir: (arquivo: string, pasta: string) => readonly string[];
  readonly rodar: (arquivo: string, pasta: string) => readonly string[];
  /** O que a configuração precisa para rodar sem ser root, com os limites de uma conta qualquer. */
  readonly adaptar: (texto: string, pasta: string) => string;
}

const globaisDoNginx = (pasta: string) => `daemon off; pid ${join(pasta, 'pid')}; error_log stderr;`;

const PROXIES: Readonly<Record<string, Proxy>> = {
  nginx: {
    configuracao: 'nginx.conf',
    conferir: (arquivo, pasta) => ['-t', '-c', arquivo, '-g', globaisDoNginx(pasta)],
    rodar: (arquivo, pasta) => ['-c', arquivo, '-g', globaisDoNginx(pasta)],
    adaptar: (texto, pasta) => {
      const temporarias = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (qual) => `${qual}_temp_path ${join(pasta, qual)};`,
      );
      return texto.replace('http {', `http {\n${temporarias.join('\n')}`);
    },
  },
  haproxy: {
    configuracao: 'haproxy.cfg',
    conferir: (arquivo) => ['-c', '-f', arquivo],
    rodar: (arquivo) => ['-db', '-f', arquivo],
    // Ele não chega a saber que o segundo binder não está lá: quem é mandado a ele tem de ser atendido pelo primeiro.
    adaptar: (texto) => texto.replace(/maxconn \d+/, 'maxconn 1000').replace(/inter \w+/, 'inter 1h'),
  },
};

/**
 * Põe o proxy na frente de um binder e de um servidor, com as portas deles; os outros dois do exemplo não estão lá.
 * @throws Error com o que o proxy escreveu, se ele termina
 */
async function porNaFrente(programa: string, pasta: string, binder: Processo, servidor: Processo) {
  const { configuracao, adaptar, conferir, rodar: comando } = PROXIES[programa] as Proxy;
  const portas: Readonly<Record<string, number>> = {
    5000: binder.porta,
    5001: await portaLivre(),
    8005: servidor.porta,
    8006: await portaLivre(),
  };
  const arquivo = join(pasta, configuracao);
  const texto = readFileSync(join(EXEMPLOS, 'proxy', configuracao), 'utf8')
    .replaceAll(DO_EXEMPLO, NA_FRENTE)
    .replace(/:(5000|5001|8005|8006)\b/g, (_, porta) => `:${portas[porta]}`);
  writeFileSync(arquivo, adaptar(texto, pasta));
  aprovar(programa, conferir(arquivo, pasta));
  const proxy = lancar([acharPrograma(programa) ?? programa, ...comando(arquivo, pasta)]);
  const terminou = proxy.lido.then((status) => {
    throw new Error(`o ${programa} terminou com ${status}: ${proxy.erros()}`);
  });
  const atende = async (url: string) =>
    (await http(url, { method: 'GET', caminho: '/saude' }).catch(() => undefined))?.status === 200;
  const urls = { binder: `http://${NA_FRENTE}:${binder.porta}`, servidor: `http://${NA_FRENTE}:${servidor.porta}` };
  for (const url of Object.values(urls))
    await Promise.race([ate(() => atende(url), `o ${programa} em ${url}`), terminou]);
  terminou.catch(() => {});
  return { ...urls, [Symbol.asyncDispose]: async () => void (await proxy.encerrarEmOrdem()) };
}

/** Chama vindo de um endereço desta máquina. */
async function chamarDe(localAddress: string, url: string, method: string, params: object) {
  const agent = new Agent({ localAddress });
  const { corpo } = await postar(url, { jsonrpc: '2.0', id: 1, method, params }, undefined, { agent });
  return JSON.parse(corpo);
}

describe.skipIf(process.platform !== 'linux')('na frente (só no Linux toda a rede 127 é desta máquina)', () => {
  for (const programa of Object.keys(PROXIES)) {
    testarCom(
      programa,
      `${programa}: uma espera se cumpre, um cliente conversa, e cada endereço tem o seu limite`,
      async () => {
        using pasta = pastaTemporaria();
        const confiavel = ['--proxy-confiavel', '127.0.0.1'];
        await using binder = await iniciarBinder({ argumentos: confiavel });
        await using servidor = await iniciarServidor(pasta.caminho, binder.url, {
          argumentos: [...confiavel, '--endereco', NA_FRENTE, '--limite-registros', '1'],
        });
        await using sistema = await porNaFrente(programa, pasta.caminho, binder, servidor);
        const registrarDe = (endereco: string, nomeUsuario: string) =>
          chamarDe(endereco, sistema.servidor, 'registrar_usuario', { nomeUsuario });
        const { token } = (await registrarDe('127.0.0.3', 'Ana')).result;
        await resultado(sistema.servidor, 'criar_sala', { nomeSala: 'Geral' }, token);
        const entrada = { nomeUsuario: 'Ana', nomeSala: 'Geral' };
        const { mensagens } = await resultado(sistema.servidor, 'entrar_sala', entrada, token);
        const leitura = {
          nomeUsuario: 'Ana',
          salaAtual: 'Geral',
          desde: mensagens.at(-1).id,
          esperarMs: ESPERA_MAXIMA_MS,
        };
        const espera = resultado(sistema.servidor, 'receber_mensagens', leitura, token);
        const argumentos = ['enviar', '--binder', sistema.binder, '--nome', 'Pedro', 'Geral', 'Oi'];
        expect(await rodar('cliente', { argumentos })).toMatchObject({ status: 0, erros: '' });
        expect((await espera)[0].conteudo).toBe('Pedro entrou na sala.');

        // Sem o proxy de confiança, todos viriam do mesmo endereço, e só um se registraria.
        expect((await registrarDe('127.0.0.3', 'Bia')).error).toMatchObject({ code: 2008 });
        expect((await registrarDe('127.0.0.4', 'Caio')).result).toMatchObject({ nomeUsuario: 'Caio' });
      },
    );
  }
});

test.each([
  ['nginx.conf', /proxy_read_timeout (\d+)s;/g, 1],
  ['haproxy.cfg', /timeout (?:client|server) (\d+)s/g, 2],
])('%s espera mais que a maior espera do contrato', (configuracao, prazo, quantos) => {
  const texto = readFileSync(join(EXEMPLOS, 'proxy', configuracao), 'utf8');
  const prazosMs = [...texto.matchAll(prazo)].map(([, segundos]) => Number(segundos) * 1000);
  expect(prazosMs).toHaveLength(quantos);
  for (const prazoMs of prazosMs) expect(prazoMs).toBeGreaterThan(ESPERA_MAXIMA_MS);
});
