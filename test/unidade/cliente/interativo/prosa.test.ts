/** A conversa numa sala, sem servidor: o que se digita e se cola vira envios, e nada do que se digitou se perde. */

import { expect, test } from 'vitest';
import { Dialogo, MudouDeLugar } from '../../../../src/cliente/interativo/dialogo.ts';
import { Mural } from '../../../../src/cliente/interativo/mural.ts';
import { Prosa } from '../../../../src/cliente/interativo/prosa.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';
import { emularTerminal } from '../terminal/apoio.ts';

const RODAPE = '  para todos; /ajuda; linha vazia: menu';
const colar = (texto: string) => `\u001b[200~${texto}\u001b[201~`;

function montar() {
  const terminal = emularTerminal();
  const dialogo = new Dialogo(terminal, terminal.agenda.agendar);
  const clock = relogioDeTeste();
  const enviadas: string[] = [];
  /** Recusa o que contém isto. */
  const recusa = { texto: '' };
  const mural = new Mural({
    mostrar: (...linhas) => dialogo.mostrar(...linhas),
    tocar: () => {},
    eu: () => 'Ana',
    hoje: () => new Date(clock.agoraMs()),
  });
  const naoUsada = () => Promise.resolve(true);
  const prosa = new Prosa({
    dialogo,
    mural,
    clock,
    conversa: {
      enviar: async (texto) => {
        if (recusa.texto !== '' && texto.includes(recusa.texto)) throw new ContractError('FORA_DA_SALA');
        enviadas.push(texto);
        return {} as Mensagem;
      },
      historico: async () => [],
      listarSalas: async () => [],
    },
    acoes: {
      criar: naoUsada,
      entrar: naoUsada,
      sair: naoUsada,
      listarSalas: naoUsada,
      listarUsuarios: naoUsada,
      encerrar: () => {},
    },
  });
  return { ...terminal, dialogo, prosa, enviadas, recusa, [Symbol.dispose]: () => terminal[Symbol.dispose]() };
}

test('cada Enter envia, e a linha vazia volta ao menu', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('\rum\rdois\r\r');
  await conversa;
  expect(cena.enviadas).toEqual(['um', 'dois']);
});

test('o que Esc larga volta à linha na próxima conversa', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('\rum texto comprido\u001b');
  await cena.ver('Digite a mensagem: um texto comprido', RODAPE);
  cena.agenda.passar(500);
  await conversa;
  const outra = cena.prosa.conversar();
  cena.entrada.digitar('\r');
  await cena.ver('Digite a mensagem: um texto comprido', RODAPE);
  cena.entrada.digitar('!\r\r');
  await outra;
  expect(cena.enviadas).toEqual(['um texto comprido!']);
});

test('quem é tirado da sala não perde o que digitava', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('\rpela metade');
  await cena.ver('Digite a mensagem: pela metade', RODAPE);
  cena.dialogo.mudouDeLugar();
  await expect(conversa).rejects.toThrow(MudouDeLugar);
  cena.dialogo.recomecar();
  void cena.prosa.conversar().catch(() => {});
  cena.entrada.digitar('\r');
  await cena.ver('Digite a mensagem: pela metade', RODAPE);
});

test('uma linha colada com a sua quebra espera por Enter; três se enviam', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('\r', colar('senha\r'));
  await cena.ver('Digite a mensagem: senha', RODAPE);
  expect(cena.enviadas).toEqual([]);
  cena.entrada.digitar('\u0015', colar('um\rdois\rtrês\r'));
  await cena.ver('Digite a mensagem:', RODAPE);
  cena.entrada.digitar('\r');
  await conversa;
  expect(cena.enviadas).toEqual(['um', 'dois', 'três']);
});

test('quem recusa enviar muitas linhas coladas fica com o que tinha digitado', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('\rmeu texto', colar('a\nb\nc\nd\n'), 'n\r');
  await cena.ver('As linhas coladas não foram enviadas.', 'Digite a mensagem: meu texto', RODAPE);
  expect(cena.enviadas).toEqual([]);
  cena.entrada.digitar('\u0015\r');
  await conversa;
});

test('das linhas coladas, a que se recusa e as que vêm depois ficam para a linha, na ordem', async () => {
  using cena = montar();
  cena.recusa.texto = 'b';
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('\r', colar('a\nb\nc\nd\n'), 's\r');
  await cena.ver('Digite a mensagem: b', RODAPE);
  expect(cena.enviadas).toEqual(['a']);
  cena.recusa.texto = '';
  for (const seguinte of ['c', 'd']) {
    cena.entrada.digitar('\r');
    await cena.ver(`Digite a mensagem: ${seguinte}`, RODAPE);
  }
  cena.entrada.digitar('\r');
  await cena.ver('Digite a mensagem:', RODAPE);
  cena.entrada.digitar('\r');
  await conversa;
  expect(cena.enviadas).toEqual(['a', 'b', 'c', 'd']);
});

test('mil linhas sem marcas de colagem são enviadas inteiras, na ordem', async () => {
  using cena = montar();
  const linhas = Array.from({ length: 1_000 }, (_, n) => `linha ${n} com um texto comprido o bastante`);
  const conversa = cena.prosa.conversar();
  const bytes = `\r${linhas.join('\r')}\r\r`;
  for (let onde = 0; onde < bytes.length; onde += 4_095) cena.entrada.digitar(bytes.slice(onde, onde + 4_095));
  await conversa;
  expect(cena.enviadas).toEqual(linhas);
});
