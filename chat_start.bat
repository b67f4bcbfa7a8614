@echo off
rem Procura o Node.js e passa a vez a scripts\iniciar.js, como chat_start.sh. Tudo em ASCII: a code page varia.
setlocal
where node >nul 2>nul
if errorlevel 1 goto sem_node
set MAIOR=0
set MENOR=0
for /f "tokens=1,2 delims=v." %%a in ('node --version') do (
  set MAIOR=%%a
  set MENOR=%%b
)
if %MAIOR% LSS 20 goto node_antigo
if %MAIOR% GTR 20 goto iniciar
if %MENOR% LSS 17 goto node_antigo

:iniciar
node "%~dp0scripts\iniciar.js" %*
exit /b %ERRORLEVEL%

:sem_node
echo chat_start: falta o comando node; instale o Node.js 20.17 ou mais novo: https://nodejs.org 1>&2
exit /b 1

:node_antigo
echo chat_start: o Node.js %MAIOR%.%MENOR% ficou antigo; instale o 20.17 ou mais novo: https://nodejs.org 1>&2
exit /b 1
