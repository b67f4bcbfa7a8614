import { expect, test } from 'vitest';
import { pastaEmMemoria } from '../../../../scripts/comum/pasta.ts';
import { abrirEmbutido } from '../../../../src/store/embutido/open.ts';
import type { Sessao } from '../../../../src/store/store.ts';
import { opcoesDoStore } from '../../../suporte/opcoes-do-store.ts';
import { criarSala, recusa, registrar } from '../conformidade/apoio.ts';

test('cabem 1.000 salas permanentes ao todo, e a que deixa de o ser dá lugar a outra', async () => {
  using pasta = pastaEmMemoria();
  const store = abrirEmbutido(pasta.caminho, opcoesDoStore());
  try {
    const fixar = ({ id }: Sessao, nomeSala: string, permanente = true) =>
      store.configurarSala({ sessaoId: id, nomeSala, permanente });
    const primeiro = await registrar(store, 'Dono 0');
    for (let numero = 0; numero < 10; numero += 1) {
      const dono = numero === 0 ? primeiro : await registrar(store, `Dono ${numero}`);
      const nomes = Array.from({ length: 100 }, (_, qual) => `Sala ${numero}.${qual}`);
      await Promise.all(nomes.map((nomeSala) => criarSala(store, dono, nomeSala)));
      await Promise.all(nomes.map((nomeSala) => fixar(dono, nomeSala)));
    }
    const ultimo = await registrar(store, 'Dono 10');
    await criarSala(store, ultimo, 'Mais uma');
    await recusa(fixar(ultimo, 'Mais uma'), 'LIMITE_EXCEDIDO');
    await fixar(primeiro, 'Sala 0.7', false);
    await fixar(ultimo, 'Mais uma');
    await recusa(fixar(primeiro, 'Sala 0.7'), 'LIMITE_EXCEDIDO');
    expect((await store.listarSalasComDetalhes()).filter(({ permanente }) => permanente)).toHaveLength(1_000);
  } finally {
    await store.close();
  }
});
