import { describe, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { resultado } from '../../../../scripts/comum/jsonrpc.ts';
import { conectar, motivoDaFalta, tipoDaRecusa } from '../../../../src/cliente/biblioteca/biblioteca.ts';
import { conteudos, lerAte, montarRoda, montarRodaQueCai } from './apoio.ts';

/** @returns com que a promessa foi rejeitada */
function falhaDe(promessa: Promise<unknown>): Promise<unknown> {
  return promessa.then(
    () => undefined,
    (erro: unknown) => erro,
  );
}

describe('conversar por um programa', () => {
  const { sistema, conectarComo } = montarRoda();

  test('quem entra recebe o que vem depois, na ordem; a privada, só os dois', async () => {
    const pedro = await conectarComo('Pedro');
    const maria = await conectarComo('Maria');
    const ana = await conectarComo('Ana');
    const guardada = await pedro.enviar('Bom dia a todos!');
    expect(guardada).toMatchObject({ sala: 'Geral', origem: 'Pedro', destino: 'todos', tipo: 'broadcast' });
    await pedro.enviar('só para você', { para: 'maria' });
    await pedro.enviar('fim');
    const lidas = await lerAte(maria, ({ conteudo }) => conteudo === 'fim');
    expect(conteudos(lidas)).toEqual(['Bom dia a todos!', 'só para você', 'fim']);
    expect(lidas).toContainEqual(guardada);
    expect(conteudos(await lerAte(ana, ({ conteudo }) => conteudo === 'fim'))).toEqual(['Bom dia a todos!', 'fim']);
  });

  test('envios sem esperar uns pelos outros chegam na ordem das chamadas, também os iguais', async () => {
    const pedro = await conectarComo('Pedro');
    const textos = ['a', 'a', 'b', ...Array.from({ length: 20 }, (_, n) => `texto ${n}`), 'a'];
    await Promise.all(textos.map((texto) => pedro.enviar(texto)));
    await pedro.enviar('fim');
    expect(conteudos(await lerAte(pedro, ({ conteudo }) => conteudo === 'fim'))).toEqual([...textos, 'fim']);
  });

  test('um laço interrompido recomeça de onde parou, e termina quando se fecha', async () => {
    const pedro = await conectarComo('Pedro');
    for (const texto of ['um', 'dois', 'três']) await pedro.enviar(texto);
    expect(conteudos(await lerAte(pedro, ({ conteudo }) => conteudo === 'um'))).toEqual(['um']);
    expect(conteudos(await lerAte(pedro, ({ conteudo }) => conteudo === 'três'))).toEqual(['dois', 'três']);
    const seguinte = pedro.mensagens().next();
    await pedro.close();
    expect(await seguinte).toEqual({ value: undefined, done: true });
    await expect(pedro.enviar('tarde')).rejects.toThrow('fechada');
  });

  test('lista salas e usuários, cria, entra e sai', async () => {
    const pedro = await conectarComo('Pedro');
    expect(await pedro.criarSala('Outra')).toBe('Outra');
    expect(await pedro.salas()).toEqual([
      { nomeSala: 'Geral', usuarios: 1 },
      { nomeSala: 'Outra', usuarios: 0 },
    ]);
    const entrada = await pedro.entrar('outra');
    expect(entrada).toMatchObject({ nomeSala: 'Outra', usuarios: ['Pedro'] });
    expect([pedro.sala, await pedro.usuarios(), await pedro.usuarios('Geral')]).toEqual(['Outra', ['Pedro'], []]);
    expect(await pedro.sair()).toBe('Outra');
    expect(tipoDaRecusa(await falhaDe(pedro.enviar('a ninguém')))).toBe('FORA_DA_SALA');
  });

  test('numa sala com senha se entra com ela, também ao conectar; sem ela, ou com outra, a recusa o diz', async () => {
    const { url } = sistema().servidor;
    const { token } = await resultado(url, 'registrar_usuario', ['Dona']);
    await resultado(url, 'criar_sala', ['Fechada'], token);
    await resultado(url, 'configurar_sala', { nomeUsuario: 'Dona', nomeSala: 'Fechada', senha: 'abre-te' }, token);
    const pedro = await conectarComo('Pedro');
    expect(tipoDaRecusa(await falhaDe(pedro.entrar('Fechada')))).toBe('SENHA_INCORRETA');
    expect(tipoDaRecusa(await falhaDe(pedro.entrar('Fechada', { senha: 'outra' })))).toBe('SENHA_INCORRETA');
    expect(pedro.sala).toBe('Geral');
    expect(await pedro.entrar('Fechada', { senha: 'abre-te' })).toMatchObject({ usuarios: ['Pedro'] });
    const ana = await conectarComo('Ana', { sala: 'Fechada', senha: 'abre-te' });
    expect(ana.sala).toBe('Fechada');
  });

  test('await using termina a sessão, e o nome fica livre', async () => {
    {
      await using chat = await conectar({ nome: 'Pedro', binder: sistema().binder.url });
      expect(chat.nome).toBe('Pedro');
    }
    await conectarComo('Pedro');
  });
});

describe('quando não dá', () => {
  const { sistema, conectarComo } = montarRoda();

  test('o erro diz se o servidor recusou ou se não respondeu, e nada fica aberto', async () => {
    await conectarComo('Pedro');
    expect(tipoDaRecusa(await falhaDe(conectarComo('pedro')))).toBe('NOME_EM_USO');
    expect(tipoDaRecusa(await falhaDe(conectarComo('Ana', { sala: 'Nenhuma', criarSala: false })))).toBe(
      'SALA_NAO_ENCONTRADA',
    );
    await conectarComo('Ana');
    await sistema().binder.derrubar();
    const falha = await falhaDe(conectarComo('Bia', { prazoMs: 0 }));
    expect([tipoDaRecusa(falha), motivoDaFalta(falha)]).toEqual([undefined, 'recusada']);
  });
});

test('uma URL de binder que não serve é dita como tal', async () => {
  await expect(conectar({ nome: 'Pedro', binder: 'localhost' })).rejects.toThrow('binder deve ser uma URL');
});

describe('através das quedas', () => {
  const { sistema, conectarComo } = montarRodaQueCai();

  test('um servidor que cai e volta não faz perder nem repetir nada, nem do que se envia', async () => {
    const { caminho } = sistema();
    const avisos: string[] = [];
    const pedro = await conectarComo('Pedro');
    const maria = await conectarComo('Maria', { aoAvisar: (texto) => avisos.push(texto) });
    const lidas = lerAte(maria, ({ conteudo }) => conteudo === 'fim');
    const envios = Array.from({ length: 200 }, (_, n) => pedro.enviar(`mensagem ${n}`));
    await envios[50];
    // Ao cair, o servidor já fez o que não chegou a responder.
    caminho.regra = (direcao) => (direcao === 'resposta' ? { como: 'reset' } : undefined);
    await ate(() => avisos.length > 0, 'a queda dita');
    await caminho.recusar();
    caminho.regra = undefined;
    await caminho.aceitar();
    await Promise.all(envios);
    await pedro.enviar('fim');
    expect(conteudos(await lidas)).toEqual([...envios.map((_, n) => `mensagem ${n}`), 'fim']);
    expect(avisos.at(-1)).toBe('Conexão restabelecida.');
  });
});
