import { expect, test } from 'vitest';
import { Volta } from '../../../../src/cliente/sessao/volta.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { mensagem } from '../../../processos/terminal/apoio.ts';

function montar() {
  const entradas: unknown[] = [];
  const enviadas: string[] = [];
  const estado = { nome: 'Ana' as string | undefined, recusa: undefined as ContractError | undefined, fora: false };
  const volta = new Volta({
    get nome() {
      return estado.nome;
    },
    entrar: async (sala, opcoes) => {
      entradas.push([sala, opcoes?.desde]);
      if (estado.recusa) throw estado.recusa;
      estado.fora = false;
      return { nomeSala: sala, usuarios: [], mensagens: [] };
    },
    enviar: async (texto) => {
      if (estado.fora) throw new ContractError('FORA_DA_SALA');
      enviadas.push(texto);
      return {} as Mensagem;
    },
  });
  return { volta, estado, entradas, enviadas };
}

test('volta à sala, a partir da última mensagem vista, uma vez só por mais que se peça', async () => {
  const { volta, entradas } = montar();
  volta.aoEntrar('Geral', [mensagem(3, 'a')]);
  volta.aoReceber([mensagem(7, 'b')]);
  expect(await Promise.all([volta.voltar(), volta.voltar()])).toEqual([{ voltou: true }, { voltou: true }]);
  expect(entradas).toEqual([['Geral', 7]]);
  expect(volta.sala).toBe('Geral');
});

test('quem não pode voltar não está em sala nenhuma, e sabe por quê', async () => {
  const { volta, estado } = montar();
  volta.aoEntrar('Geral', []);
  estado.recusa = new ContractError('SALA_NAO_ENCONTRADA');
  expect(await volta.voltar()).toEqual({ voltou: false, motivo: estado.recusa });
  expect(volta.sala).toBeUndefined();
});

test('sem nome, ou depois de sair, não há a que voltar', async () => {
  const { volta, estado, entradas } = montar();
  volta.aoEntrar('Geral', []);
  volta.sair();
  expect(await volta.voltar()).toEqual({ voltou: false });
  volta.aoEntrar('Geral', []);
  estado.nome = undefined;
  expect(await volta.voltar()).toEqual({ voltou: false });
  expect(entradas).toEqual([]);
});

test('o envio de quem ainda não sabe que foi tirado volta à sala e vai', async () => {
  const { volta, estado, enviadas } = montar();
  volta.aoEntrar('Geral', []);
  estado.fora = true;
  await volta.enviar('oi', undefined, 'Geral');
  expect(enviadas).toEqual(['oi']);
  estado.fora = true;
  await expect(volta.enviar('a outra sala', undefined, 'Outra')).rejects.toMatchObject({ tipo: 'FORA_DA_SALA' });
});
