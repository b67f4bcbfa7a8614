import { expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { abrirProxy } from '../../../scripts/comum/proxy.ts';
import { registrarTodos } from '../../suporte/local/binder.ts';
import { montarPalco, vezes } from '../../suporte/local/palco.ts';
import { abrirSistemaQueCai } from '../../suporte/local/sistema-local.ts';
import { abrirCliente, TECLA } from '../../suporte/terminal.ts';

/** O das linhas do programa, onde há 256 cores (ANSI: `38;5;n`). */
const CINZA = '\u001b[38;5;243m';

const { enter } = TECLA;
const { sistema, abrir, acompanhar } = montarPalco(abrirSistemaQueCai, abrirCliente);

test('--rastro mostra o que o binder disse, a quem se chamou, quanto demorou, e por que se repetiu', async () => {
  await acompanhar('Ana');
  const pedro = abrir(['--nome', 'Pedro', '--sala', 'Geral', '--rastro'], { colunas: 140, fileiras: 50 });
  await pedro.verMenu('1) Enviar mensagem');
  const { url } = sistema().caminho;
  const linhas = () => pedro.linhas().join('\n');
  expect(linhas()).toMatch(
    new RegExp(`  ~ binder: onde está registrar_usuario\\? em ${url}, vale \\d+ s \\([\\d,]+ ms\\)\n`),
  );
  expect(linhas()).toContain(`  ~ entrar_sala → ${url}\n`);
  expect(linhas()).toMatch(new RegExp(`  ~ entrar_sala ← ${url} em [\\d,]+ ms: ok\n`));

  pedro.digitar(enter, enter, 'um', enter);
  await pedro.ver(/~ enviar_mensagem ← .*: ok/);
  pedro.digitar('dois', enter);
  await ate(() => /~ enviar_mensagem está em .*: do cache, válido por \d+ s/.test(linhas()), 'o cache');
  // Em cinza, para não se confundir com a conversa.
  expect(pedro.bytes()).toContain(`${CINZA}  ~ `);

  await sistema().caminho.recusar();
  await using outro = await abrirProxy(sistema().servidor.porta);
  registrarTodos(sistema().binder, outro.porta);
  pedro.digitar('três', enter);
  await pedro.ver('Pedro: três');
  await ate(() => linhas().includes(`de novo em ${outro.url}, porque: `), 'a repetição');
  expect(vezes(pedro, 'Pedro: três')).toBe(1);
});

test('sem --rastro, nada disso aparece; --no-color vence FORCE_COLOR', async () => {
  const pedro = abrir(['--nome', 'Pedro', '--no-color'], { ambiente: { FORCE_COLOR: '3' } });
  await pedro.verMenu('1) Criar sala');
  expect(pedro.corrido()).not.toContain('~');
  expect(pedro.bytes()).not.toContain(CINZA);
  const ana = abrir(['--nome', 'Ana'], { ambiente: { FORCE_COLOR: '3', NO_COLOR: '1' } });
  await ana.verMenu('1) Criar sala');
  expect(ana.bytes()).toContain(CINZA);
});
