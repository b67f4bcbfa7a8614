/**
 * As tabelas, e as migrações numeradas que as criam: `user_version` diz quantas um arquivo já tem.
 * Uma migração publicada não muda mais; o que vier depois é outra, no fim da lista.
 */

import { StoreError } from '../../store-error.ts';
import type { Connection } from './connection.ts';

/** O `visivel_para` de uma mensagem de broadcast: nenhuma sessão tem este id. */
export const TODOS = 0;

/** O `visivel_para` de quem entrou e de quem saiu: todos veem, mas não está entre as últimas que se disseram. */
export const PASSAGENS = -1;

/** A primeira cria tudo; cada uma das outras parte do que a anterior deixou. */
export const MIGRACOES: readonly string[] = [
  // AUTOINCREMENT porque um id de sala ou de pessoa nunca passa a outra: mensagens e chaves antigas o citam.
  // `chave` é o nome como se compara; a de uma sala removida é NULL até que suas mensagens sejam apagadas. A ordem dos índices de texto é a dos bytes UTF-8, que é a dos code points.
  `CREATE TABLE salas (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     nome TEXT NOT NULL,
     chave TEXT UNIQUE
   ) STRICT;
   CREATE INDEX salas_removidas ON salas (id) WHERE chave IS NULL;

   CREATE TABLE sessoes (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     nome TEXT NOT NULL,
     chave TEXT NOT NULL UNIQUE,
     token_hash BLOB NOT NULL UNIQUE,
     sala_id INTEGER REFERENCES salas (id),
     confirmada INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX sessoes_por_sala ON sessoes (sala_id, nome) WHERE sala_id IS NOT NULL;

   -- Uma linha por quem pode ver: a de broadcast, com visivel_para = 0; a privada, uma por pessoa. Quem lê só percorre
   -- duas faixas da chave primária, a de todos e a sua: não alcança a mensagem de outros nem paga por ela.
   CREATE TABLE mensagens (
     sala_id INTEGER NOT NULL,
     visivel_para INTEGER NOT NULL,
     id INTEGER NOT NULL,
     origem TEXT NOT NULL,
     destino TEXT,
     conteudo TEXT NOT NULL,
     enviada_em_ms INTEGER NOT NULL,
     -- A chave de idempotência que aponta para esta linha, se há: quem apaga a linha leva a mensagem para lá.
     chave_sessao_id INTEGER,
     chave TEXT,
     PRIMARY KEY (sala_id, visivel_para, id)
   ) STRICT, WITHOUT ROWID;

   -- Estreita, porque chaves chegam em ordem qualquer e cada uma suja a sua página: aponta para a mensagem, e só a guarda
   -- em JSON depois que a sala dela foi removida.
   CREATE TABLE chaves (
     sessao_id INTEGER NOT NULL,
     chave TEXT NOT NULL,
     sala_id INTEGER NOT NULL,
     visivel_para INTEGER NOT NULL,
     mensagem_id INTEGER NOT NULL,
     mensagem TEXT,
     PRIMARY KEY (sessao_id, chave)
   ) STRICT, WITHOUT ROWID;

   -- As que deixaram chaves por apagar.
   CREATE TABLE sessoes_encerradas (id INTEGER PRIMARY KEY) STRICT;

   -- O último id dado a uma mensagem, em qualquer sala: nunca recomeça, nem quando as mensagens são apagadas.
   CREATE TABLE contador (
     unico INTEGER PRIMARY KEY CHECK (unico = 1),
     ultimo_id INTEGER NOT NULL
   ) STRICT;
   INSERT INTO contador VALUES (1, 0);`,

  // As mensagens por ordem de chegada, e por sala só um índice estreito. Juntas por sala numa árvore só, cada uma que
  // chegava entrava no meio dela, onde as páginas vizinhas, sempre quase cheias, se repartiam a cada poucas mensagens:
  // 32 envios em 8 salas sujavam 28 páginas, e agora 17.
  `ALTER TABLE mensagens RENAME TO mensagens_por_sala;
   CREATE TABLE mensagens (
     sala_id INTEGER NOT NULL,
     visivel_para INTEGER NOT NULL,
     id INTEGER NOT NULL,
     origem TEXT NOT NULL,
     destino TEXT,
     conteudo TEXT NOT NULL,
     enviada_em_ms INTEGER NOT NULL,
     chave_sessao_id INTEGER,
     chave TEXT,
     PRIMARY KEY (sala_id, visivel_para, id)
   ) STRICT;
   INSERT INTO mensagens SELECT * FROM mensagens_por_sala;
   DROP TABLE mensagens_por_sala;`,

  // Sem índice por token_hash: com 20.000 sessões, 32 registros num commit sujavam 41 páginas dele, quase uma cada um.
  // O último id dado passa à tabela nova: nem o de uma sessão que já acabou se dá outra vez.
  `ALTER TABLE sessoes RENAME TO sessoes_por_token;
   DROP INDEX sessoes_por_sala;
   CREATE TABLE sessoes (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     nome TEXT NOT NULL,
     chave TEXT NOT NULL UNIQUE,
     token_hash BLOB NOT NULL,
     sala_id INTEGER REFERENCES salas (id),
     confirmada INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX sessoes_por_sala ON sessoes (sala_id, nome) WHERE sala_id IS NOT NULL;
   INSERT INTO sessoes SELECT * FROM sessoes_por_token;
   DELETE FROM sqlite_sequence WHERE name = 'sessoes';
   UPDATE sqlite_sequence SET name = 'sessoes' WHERE name = 'sessoes_por_token';
   DROP TABLE sessoes_por_token;`,

  // Sem índice por nome: eles também não chegam em ordem, e com 20.000 sessões 32 registros num commit sujavam umas 30
  // páginas dele. O arquivo é de um processo só, que sabe na memória quais estão em uso.
  `ALTER TABLE sessoes RENAME TO sessoes_por_nome;
   DROP INDEX sessoes_por_sala;
   CREATE TABLE sessoes (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     nome TEXT NOT NULL,
     chave TEXT NOT NULL,
     token_hash BLOB NOT NULL,
     sala_id INTEGER REFERENCES salas (id),
     confirmada INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX sessoes_por_sala ON sessoes (sala_id, nome) WHERE sala_id IS NOT NULL;
   INSERT INTO sessoes SELECT * FROM sessoes_por_nome;
   DELETE FROM sqlite_sequence WHERE name = 'sessoes';
   UPDATE sqlite_sequence SET name = 'sessoes' WHERE name = 'sessoes_por_nome';
   DROP TABLE sessoes_por_nome;`,

  // Quem entrou e quem saiu numa faixa própria: as últimas que se disseram se leem sem passar por eles. Até aqui o
  // servidor não dizia outra coisa. `entrada_id` é a mensagem da entrada da sessão na sala em que está.
  `UPDATE mensagens SET visivel_para = ${PASSAGENS} WHERE visivel_para = ${TODOS} AND origem = 'SERVER';
   ALTER TABLE sessoes ADD COLUMN entrada_id INTEGER;
   UPDATE sessoes SET entrada_id = (
     SELECT max(id) FROM mensagens
      WHERE mensagens.sala_id = sessoes.sala_id AND visivel_para = ${PASSAGENS}
        AND conteudo = sessoes.nome || ' entrou na sala.'
   ) WHERE sala_id IS NOT NULL;`,

  // As salas com dono. A que já tinha gente é de quem está nela há mais tempo; a que não tinha, de quem entrar primeiro.
  // `senha` é o hash com o sal. Um expulso é um nome, como se compara: vale para quem o tiver.
  `ALTER TABLE salas ADD COLUMN dono_id INTEGER;
   ALTER TABLE salas ADD COLUMN topico TEXT;
   ALTER TABLE salas ADD COLUMN senha TEXT;
   ALTER TABLE salas ADD COLUMN silenciada INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE salas ADD COLUMN permanente INTEGER NOT NULL DEFAULT 0;
   UPDATE salas SET dono_id = (
     SELECT id FROM sessoes WHERE sala_id = salas.id ORDER BY entrada_id, id LIMIT 1
   ) WHERE chave IS NOT NULL;
   CREATE TABLE silenciados (
     sala_id INTEGER NOT NULL,
     sessao_id INTEGER NOT NULL,
     PRIMARY KEY (sala_id, sessao_id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE expulsos (
     sala_id INTEGER NOT NULL,
     nome TEXT NOT NULL,
     ate_ms INTEGER NOT NULL,
     duracao_ms INTEGER NOT NULL,
     PRIMARY KEY (sala_id, nome)
   ) STRICT, WITHOUT ROWID;`,

  // Até que mensagem o índice das chaves está completo: a chave também está na linha da mensagem, e passa ao índice com
  // muitas outras.
  `ALTER TABLE contador ADD COLUMN chaves_ate INTEGER NOT NULL DEFAULT 0;
   UPDATE contador SET chaves_ate = ultimo_id;`,
];

/** @throws StoreError `versao_desconhecida` quando o arquivo é de um programa mais novo */
export function migrar(connection: Connection, arquivo: string): void {
  const [versao] = connection.registro<[number]>('PRAGMA user_version')() ?? [0];
  if (versao > MIGRACOES.length) {
    throw new StoreError(
      'versao_desconhecida',
      `${arquivo} foi gravado por uma versão mais nova deste programa (formato ${versao}; este conhece até o ${MIGRACOES.length}).`,
    );
  }
  // Numa transação só: um arquivo novo nasce com as páginas que terá, e não com as de todas as versões.
  const faltam = MIGRACOES.slice(versao).join('\n');
  if (faltam) connection.executar(`BEGIN IMMEDIATE; ${faltam} PRAGMA user_version = ${MIGRACOES.length}; COMMIT`);
}
