/** Seção 5 do contrato: salas com dono e salas que ficam, pela rede. */

import { expect, test } from 'vitest';
import { recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { dividirServidor } from '../../suporte/local/servidor-dividido.ts';
import { assentar, conteudos, nomeNovo, type Pessoa, registrar, salaCom } from '../../suporte/pessoas.ts';

const sistema = dividirServidor('--limite-mensagens', '0', '--limite-registros', '0');
const url = () => sistema().servidor.url;

function configurar(dono: Pessoa, nomeSala: string, mudancas: Readonly<Record<string, unknown>>) {
  return dono.fazer('configurar_sala', { nomeUsuario: dono.nome, nomeSala, ...mudancas });
}

test('quem cria a sala a configura; detalhar e listar com detalhes dizem o mesmo', async () => {
  const { sala, pessoas } = await salaCom(url(), 'Ana', 'Bia');
  const [ana, bia] = pessoas;
  const esperada = {
    nomeSala: sala,
    dono: ana.nome,
    topico: 'Prova',
    temSenha: false,
    silenciada: false,
    permanente: true,
    usuarios: 2,
  };
  expect(await configurar(ana, sala, { topico: 'Prova', permanente: true })).toEqual(esperada);
  expect(await bia.fazer('detalhar_sala', [sala])).toEqual(esperada);
  expect(await resultado(url(), 'listar_salas', [true])).toContainEqual(esperada);
  expect(await resultado(url(), 'listar_salas')).toContainEqual({ nomeSala: sala, usuarios: 2 });
  expect(conteudos(await bia.receber(sala)).at(-1)).toBe(`${ana.nome} mudou o tópico: Prova`);
  expect(await bia.serRecusado('configurar_sala', [bia.nome, sala, 'outro'])).toMatchObject({
    code: 2010,
    data: { tipo: 'SEM_PERMISSAO' },
  });
  await configurar(ana, sala, { permanente: false, topico: '' });
});

test('a senha abre a sala só a quem a diz, em qualquer forma Unicode, e não aparece em resposta nenhuma', async () => {
  const { sala, pessoas } = await salaCom(url(), 'Ana');
  const [ana] = pessoas;
  const senha = 'às três é segredo';
  expect(JSON.stringify(await configurar(ana, sala, { senha }))).not.toContain(senha);
  const bia = await registrar(url(), 'Bia');
  for (const dita of [[], ['outra'], [null], ['']]) {
    const { code, data } = await bia.serRecusado('entrar_sala', [bia.nome, sala, ...dita]);
    expect({ code, data }).toEqual({ code: 2012, data: { tipo: 'SENHA_INCORRETA' } });
  }
  expect(await bia.fazer('entrar_sala', [bia.nome, sala, senha.normalize('NFD')])).toMatchObject({ nomeSala: sala });
  await bia.entrar(sala);
});

test('depois de dez senhas erradas num minuto, nem a certa se confere', async () => {
  const { sala, pessoas } = await salaCom(url(), 'Ana');
  await configurar(pessoas[0], sala, { senha: 'certa' });
  const bia = await registrar(url(), 'Bia');
  for (let vez = 0; vez < 10; vez += 1) {
    expect((await bia.serRecusado('entrar_sala', [bia.nome, sala, `errada ${vez}`])).code).toBe(2012);
  }
  const { code, data } = await bia.serRecusado('entrar_sala', [bia.nome, sala, 'certa']);
  expect(code).toBe(2008);
  expect(data.tenteEmMs).toBeGreaterThan(0);
  const caio = await registrar(url(), 'Caio');
  await caio.fazer('entrar_sala', [caio.nome, sala, 'certa']);
});

test('o expulso sai, a sua espera acaba com [], e não volta enquanto dura', async () => {
  const { sala, pessoas } = await salaCom(url(), 'Ana', 'Bia');
  const [ana, bia] = pessoas;
  const desde = (await bia.receber(sala, { desde: 0 })).at(-1)?.id;
  const espera = bia.receber(sala, { desde, esperarMs: 30_000 });
  await assentar(url());
  expect(await ana.fazer('expulsar_usuario', [ana.nome, sala, bia.nome.toUpperCase(), 1])).toBe(true);
  expect(await espera).toEqual([]);
  expect((await bia.serRecusado('enviar_mensagem', [bia.nome, sala, 'oi'])).code).toBe(2006);
  const { code, data } = await bia.serRecusado('entrar_sala', [bia.nome, sala]);
  expect({ code, tipo: data.tipo }).toEqual({ code: 2011, tipo: 'EXPULSO' });
  expect(data.tenteEmMs).toBeLessThanOrEqual(60_000);
  await ana.fazer('expulsar_usuario', [ana.nome, sala, bia.nome, 0]);
  await bia.entrar(sala);
  expect((await ana.serRecusado('expulsar_usuario', [ana.nome, sala, ana.nome])).code).toBe(2010);
  expect((await ana.serRecusado('expulsar_usuario', [ana.nome, sala, 'Ninguém'])).code).toBe(2007);
});

test('o silenciado lê, e só fala com o dono, que passa a sala a quem está nela', async () => {
  const { sala, pessoas } = await salaCom(url(), 'Ana', 'Bia');
  const [ana, bia] = pessoas;
  expect(await ana.fazer('silenciar_usuario', [ana.nome, sala, bia.nome, true])).toBe(true);
  expect((await bia.serRecusado('enviar_mensagem', [bia.nome, sala, 'oi'])).code).toBe(2013);
  await bia.dizer(sala, 'posso falar?', { destinatario: ana.nome });
  expect(await ana.fazer('passar_sala', [ana.nome, sala, bia.nome])).toBe(true);
  await bia.dizer(sala, 'agora sim');
  expect(conteudos(await ana.receber(sala)).slice(-2)).toEqual([`A sala agora é de ${bia.nome}.`, 'agora sim']);
});

test.each([
  ['configurar_sala', ['Ana', 'Sala', 'x'.repeat(201)], 'topico'],
  ['configurar_sala', ['Ana', 'Sala', 'um\ndois'], 'topico'],
  ['configurar_sala', ['Ana', 'Sala', null, 'x'.repeat(129)], 'senha'],
  ['configurar_sala', ['Ana', 'Sala', null, null, 'sim'], 'silenciada'],
  ['silenciar_usuario', ['Ana', 'Sala', 'Bia'], 'silenciado'],
  ['expulsar_usuario', ['Ana', 'Sala', 'Bia', 1_441], 'minutos'],
  ['expulsar_usuario', ['Ana', 'Sala', 'Bia', -1], 'minutos'],
  ['passar_sala', ['Ana', 'Sala', 'todos'], 'alvo'],
  ['listar_salas', ['sim'], 'detalhes'],
])('%s com %j recusa %s, antes de olhar quem chama', async (method, params, parametro) => {
  const { code, data } = await recusa(url(), method, params);
  expect({ code, problemas: data.problemas }).toEqual({
    code: -32602,
    problemas: [expect.objectContaining({ parametro })],
  });
});

test('uma sala que não há dá 2005 a quem tem sessão', async () => {
  const ana = await registrar(url(), 'Ana');
  expect((await ana.serRecusado('detalhar_sala', [nomeNovo('Não há')])).code).toBe(2005);
  expect((await ana.serRecusado('passar_sala', [ana.nome, nomeNovo('Não há'), 'Bia'])).code).toBe(2005);
});
