/** Quem hospeda uma aula: o nome que toma, de quem é a sala, e o que se mostra enquanto a turma chega. */

import { type AddressInfo, createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { resultado } from '../../../../scripts/comum/jsonrpc.ts';
import {
  abrirSala,
  lerQuantos,
  mostrarQuemChega,
  registrarAnfitriao,
} from '../../../../scripts/lancador/comandos/aula.js';
import { Falha, STATUS_DE_USO_ERRADO } from '../../../../scripts/lancador/falha.js';
import { dividirSistemaLocal } from '../../../suporte/local/servidor-dividido.ts';
import { abrirSistemaLocal } from '../../../suporte/local/sistema-local.ts';
import { conteudos, nomeNovo, registrar, salaCom } from '../../../suporte/pessoas.ts';

const sistema = dividirSistemaLocal();
const url = () => sistema().servidor.url;

/** Uma pessoa com o nome e o token que o lançador guarda. */
async function anfitriao() {
  const nome = nomeNovo('Anfitrião');
  const { token } = await resultado(url(), 'registrar_usuario', [nome]);
  return { nome, token };
}

function detalhes(nomeSala: string, token: string) {
  return resultado(url(), 'detalhar_sala', [nomeSala], token);
}

test.each([
  ['1', 1],
  ['30', 30],
  ['10000', 10_000],
])('esperam-se %s pessoas', (dito, quantos) => {
  expect(lerQuantos(dito)).toBe(quantos);
});

test.each(['0', '10001', '-1', '1.5', 'trinta', ''])('não se esperam "%s" pessoas: o uso está errado', (dito) => {
  expect(() => lerQuantos(dito)).toThrow(expect.objectContaining({ status: STATUS_DE_USO_ERRADO }));
});

test('o anfitrião toma o primeiro dos seus nomes que está livre, e desiste quando não há nenhum', async () => {
  await using outro = await abrirSistemaLocal();
  const nomes = [];
  for (let vez = 0; vez < 4; vez += 1) nomes.push((await registrarAnfitriao(outro.servidor.url)).nome);
  expect(nomes).toEqual(['Anfitrião', 'Anfitrião 2', 'Anfitrião 3', 'Anfitrião 4']);
  await expect(registrarAnfitriao(outro.servidor.url)).rejects.toThrow(/anfitriões demais/);
});

describe('a sala da aula', () => {
  test('é criada, do anfitrião, e fica também sem ninguém', async () => {
    const quem = await anfitriao();
    const sala = nomeNovo('Aula');
    expect(await abrirSala(url(), quem, sala)).toBe(true);
    expect(await detalhes(sala, quem.token)).toMatchObject({ dono: quem.nome, permanente: true, usuarios: 0 });
  });

  test('se já existia e não era de ninguém, passa a ser do anfitrião, que não fica nela', async () => {
    const { sala, pessoas } = await salaCom(url(), 'Ana');
    await pessoas[0].fazer('sair_da_sala', {});
    await pessoas[0].fazer('encerrar_sessao', {});
    const quem = await anfitriao();
    expect(await abrirSala(url(), quem, sala)).toBe(true);
    expect(await detalhes(sala, quem.token)).toMatchObject({ dono: quem.nome, permanente: true, usuarios: 0 });
  });

  test('se já existia e é de outra pessoa, continua como ela a quer', async () => {
    const { sala, pessoas } = await salaCom(url(), 'Ana');
    const quem = await anfitriao();
    expect(await abrirSala(url(), quem, sala)).toBe(false);
    expect(await detalhes(sala, quem.token)).toMatchObject({ dono: pessoas[0].nome, permanente: false, usuarios: 1 });
  });

  test('com um nome que não serve, a falha diz por quê', async () => {
    await expect(abrirSala(url(), await anfitriao(), 'SERVER')).rejects.toBeInstanceOf(Falha);
  });
});

describe('enquanto a turma chega', () => {
  /** Mostra quem chega a uma sala nova, com um teclado que o teste digita. */
  async function mostrar() {
    const quem = await anfitriao();
    const sala = nomeNovo('Aula');
    await abrirSala(url(), quem, sala);
    const entrada = new PassThrough();
    const ditas: string[] = [];
    const fim = new AbortController();
    const mostrando = mostrarQuemChega(
      url(),
      quem,
      { sala, quantos: 2, fim: fim.signal },
      { entrada, dizer: (texto) => ditas.push(texto), intervaloMs: 10 },
    );
    return {
      sala,
      ditas,
      digitar: (texto: string) => entrada.write(texto),
      [Symbol.asyncDispose]: async () => {
        fim.abort();
        await mostrando;
      },
    };
  }

  test('cada mudança se diz uma vez, com os nomes', async () => {
    await using aula = await mostrar();
    await expect.poll(() => aula.ditas).toEqual(['0 de 2\n']);
    const ana = await registrar(url(), 'Ana');
    await ana.entrar(aula.sala);
    await expect.poll(() => aula.ditas).toEqual(['0 de 2\n', `1 de 2: ${ana.nome}\n`]);
    await ana.fazer('sair_da_sala', {});
    await expect.poll(() => aula.ditas).toEqual(['0 de 2\n', `1 de 2: ${ana.nome}\n`, '0 de 2\n']);
  });

  test('um nome digitado passa a sala a quem está nela; de quem não está, diz-se por que não; uma linha vazia nada faz', async () => {
    await using aula = await mostrar();
    const ana = await registrar(url(), 'Ana');
    await ana.entrar(aula.sala);
    await expect.poll(() => aula.ditas.at(-1)).toBe(`1 de 2: ${ana.nome}\n`);
    aula.digitar('\n   \nNinguém\n');
    await expect.poll(() => aula.ditas.at(-1)).toMatch(/não está nessa sala/);
    aula.digitar(` ${ana.nome} \n`);
    await expect.poll(() => aula.ditas.at(-1)).toBe(`A sala agora é de ${JSON.stringify(ana.nome)}.\n`);
    expect(await ana.fazer('detalhar_sala', [aula.sala])).toMatchObject({ dono: ana.nome });
    expect(conteudos(await ana.receber(aula.sala)).at(-1)).toBe(`A sala agora é de ${ana.nome}.`);
    expect(aula.ditas.filter((dita) => !/^\d de 2/.test(dita))).toHaveLength(2);
  });

  test('um servidor que não responde se diz uma vez, por mais que se pergunte', async () => {
    let perguntas = 0;
    const mudo = createServer((conexao) => {
      perguntas += 1;
      conexao.destroy();
    });
    await new Promise<void>((resolve) => mudo.listen(0, '127.0.0.1', resolve));
    const { port } = mudo.address() as AddressInfo;
    const fim = new AbortController();
    const ditas: string[] = [];
    const mostrando = mostrarQuemChega(
      `http://127.0.0.1:${port}`,
      { nome: 'Anfitrião', token: 'x' },
      { sala: 'Aula', quantos: 2, fim: fim.signal },
      { entrada: new PassThrough(), dizer: (texto) => ditas.push(texto), intervaloMs: 1 },
    );
    await expect.poll(() => perguntas).toBeGreaterThan(2);
    fim.abort();
    await mostrando;
    mudo.close();
    expect(ditas).toEqual(['O servidor não respondeu.\n']);
  });
});
