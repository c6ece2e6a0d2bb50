ARG PYTHON=3.13
FROM machete.local/python:3.13-slim
WORKDIR /srv
COPY app.py VERSION ./
ENV PORT=8000
USER 10001:10001
EXPOSE 8000
CMD ["python", "-u", "app.py"]
