/** Defeito 4: quem enviava uma mensagem privada nunca a via. */

import { expect, test } from 'vitest';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';
import { salaCom } from '../suporte/pessoas.ts';

const sistema = dividirSistemaLocal();

test('quem envia uma privada a vê na resposta, ao receber, na espera e ao voltar à sala', async () => {
  const { sala, pessoas } = await salaCom(sistema().servidor.url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  const ultima = (await pedro.receber(sala, { desde: 0 })).at(-1)?.id ?? 0;

  const esperando = pedro.receber(sala, { desde: ultima, esperarMs: 10_000 });
  const enviada = await pedro.dizer(sala, 'Oi', { destinatario: maria.nome });

  expect(enviada).toMatchObject({ tipo: 'unicast', origem: pedro.nome, destino: maria.nome, conteudo: 'Oi' });
  expect(await esperando).toEqual([enviada]);
  expect(await pedro.receber(sala, { desde: ultima })).toEqual([enviada]);
  expect(await pedro.receber(sala)).toContainEqual(enviada);
  await pedro.fazer('sair_da_sala');
  expect((await pedro.entrar(sala)).mensagens).toContainEqual(enviada);
  expect(await maria.receber(sala)).toContainEqual(enviada);
});

test('uma privada a si mesmo existe, e uma vez só', async () => {
  const { sala, pessoas } = await salaCom(sistema().servidor.url, 'Pedro');
  const [pedro] = pessoas;
  const enviada = await pedro.dizer(sala, 'não esquecer', { destinatario: pedro.nome });
  expect((await pedro.receber(sala)).filter(({ id }) => id === enviada.id)).toEqual([enviada]);
});
