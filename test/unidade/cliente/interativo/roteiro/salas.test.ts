/** Entrar em salas com senha, sem servidor. */

import { expect, test } from 'vitest';
import { Dialogo } from '../../../../../src/cliente/interativo/dialogo.ts';
import { Salas } from '../../../../../src/cliente/interativo/roteiro/salas.ts';
import { ContractError } from '../../../../../src/contract/errors.ts';
import { emularTerminal } from '../../terminal/apoio.ts';

const PERGUNTA = 'Digite a senha da sala Cofre (Esc desiste):';

function montar(senhaCerta: string) {
  const terminal = emularTerminal();
  const entradas: (string | undefined)[] = [];
  const tentadas: (string | undefined)[] = [];
  const salas = new Salas({
    dialogo: new Dialogo(terminal, terminal.agenda.agendar),
    conversa: {
      criarSala: async (nomeSala) => nomeSala,
      listarSalasComDetalhes: async () => [
        {
          nomeSala: 'Cofre',
          dono: 'Ana',
          topico: 'Só para \u202eamigos',
          temSenha: true,
          silenciada: false,
          permanente: false,
          usuarios: 1,
        },
      ],
      entrar: async (nomeSala, { senha } = {}) => {
        tentadas.push(senha);
        if (senha !== senhaCerta) throw new ContractError('SENHA_INCORRETA');
        return { nomeSala, usuarios: [], mensagens: [] };
      },
    },
    aoEntrar: ({ nomeSala }) => entradas.push(nomeSala),
  });
  return { ...terminal, salas, entradas, tentadas, [Symbol.dispose]: () => terminal[Symbol.dispose]() };
}

test('a senha se pergunta sem se mostrar, e de novo enquanto não serve', async () => {
  using cena = montar('abre-te');
  const entrou = cena.salas.entrar('Cofre');
  await cena.ver(PERGUNTA);
  cena.entrada.digitar('errada');
  await cena.ver(PERGUNTA);
  cena.entrada.digitar('\r');
  await cena.ver('A senha não é essa.', PERGUNTA);
  cena.entrada.digitar('abre-tx\u007fe\r');
  expect(await entrou).toBe(true);
  expect(cena.tentadas).toEqual([undefined, 'errada', 'abre-te']);
  expect((await cena.fileiras()).join(' ')).not.toMatch(/abre|errada/);
});

test.each([
  ['Esc', '\u001b'],
  ['Enter sem senha', '\r'],
])('%s desiste de entrar, e não se diz que a senha não servia', async (_como, tecla) => {
  using cena = montar('abre-te');
  const entrou = cena.salas.entrar('Cofre');
  await cena.ver(PERGUNTA);
  cena.entrada.digitar(tecla);
  cena.agenda.passar(500);
  expect(await entrou).toBe(false);
  expect(cena.entradas).toEqual([]);
  expect((await cena.fileiras()).join('\n').trim()).toBe('');
});

test('a sala escolhida na pergunta também pede a senha dela', async () => {
  using cena = montar('abre-te');
  const perguntada = cena.salas.perguntar();
  await cena.ver('> Cofre (1 usuário) [senha]: Só para \\u{202e}amigos');
  cena.entrada.digitar('cofre\r');
  await cena.ver('Digite o nome da sala: Cofre', PERGUNTA);
  cena.entrada.digitar('abre-te\r');
  await perguntada;
  expect(cena.entradas).toEqual(['Cofre']);
});
